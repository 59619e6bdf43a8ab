// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { user } from '../../../src/app/session';
import type { User } from '../../../src/app/types';
import ListPage from '../../../src/features/studio/list_page';
import { draw, fakeServer, lectureWith, settle } from '../../helpers';

async function drawFor(role: User['role']): Promise<HTMLElement> {
  fakeServer({
    'GET /api/v1/lectures?mine=1': { body: { lectures: [lectureWith({ title: 'Bài của tôi' })] } },
    'GET /api/v1/lectures': { body: { lectures: [lectureWith({ title: 'Bài của người khác' })] } },
  });
  user.value = { id: 'u1', login: 'u', name: 'U', role };
  const root = draw(<ListPage />);
  await settle();
  return root;
}

describe('the list in the studio', () => {
  it('shows an instructor nothing that belongs to others and cannot be changed', async () => {
    const root = await drawFor('instructor');
    expect(root.textContent).toContain('Bài của tôi');
    expect(root.textContent).not.toContain('Bài của người khác');
  });

  it('shows an admin the lectures of all', async () => {
    const root = await drawFor('admin');
    expect(root.querySelector('h1')?.textContent).toBe('Mọi bài giảng');
    expect(root.textContent).toContain('Bài của người khác');
  });
});
