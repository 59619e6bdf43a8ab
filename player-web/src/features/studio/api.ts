// SPDX-License-Identifier: GPL-3.0-or-later
/* What a teacher does with a lecture. */
import { at, call } from '../../app/api';

export const renameLecture = (id: string, title: string): Promise<unknown> =>
  call(at`/lectures/${id}`, { method: 'PATCH', body: { title } });
export const deleteLecture = (id: string): Promise<unknown> => call(at`/lectures/${id}`, { method: 'DELETE' });
export const retryWithoutSound = (id: string): Promise<unknown> =>
  call(at`/lectures/${id}/retry?without_sound=true`, { method: 'POST', body: {} });
export const retryLecture = (id: string): Promise<unknown> => call(at`/lectures/${id}/retry`, { method: 'POST', body: {} });
