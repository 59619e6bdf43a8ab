// SPDX-License-Identifier: GPL-3.0-or-later
/* What the province tells everybody, above the lectures. Who has read one puts it away, on this phone;
 * nothing is shown while there is nothing, nor when it cannot be told. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { day } from '../../app/format';
import { useList } from '../../app/lists';
import { recall, remember } from '../../app/storage';
import { Icon } from '../../ui/icon';
import { newest } from '../announcements/api';
import './home_announcements.css';
import { t } from './text';

const KEY = 'announcements.read';
const MAX_KEPT = 50; /* more than are ever fetched */

/* The focus was on a button that goes: it moves to the next one. */
function passFocusOn(button: HTMLElement): void {
  const item = button.closest('li');
  const next = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector('button');
  (next ?? document.getElementById('main'))?.focus({ preventScroll: true });
}

export function HomeAnnouncements(): JSX.Element | null {
  const list = useList(newest, [], { cacheAs: 'announcements' });
  const [read, setRead] = useState(() => recall<string[]>(KEY) ?? []);
  const shown = list.state.value.value?.announcements.filter(({ id }) => !read.includes(id)) ?? [];
  if (shown.length === 0) return null;

  const putAway = (id: string, button: HTMLElement): void => {
    const ids = [id, ...read].slice(0, MAX_KEPT);
    passFocusOn(button);
    setRead(ids);
    remember(KEY, ids);
  };
  return (
    <section aria-label={t('home.announcements')}>
      <ul class="home-announcements">
        {shown.map(({ id, text, made_at }) => (
          <li key={id} class="notice">
            <div class="notice-text">
              <p class="home-announcements-text">{text}</p>
              <p class="soft">{day(made_at)}</p>
            </div>
            <button
              type="button"
              class="round-button"
              aria-label={t('home.announcements_read')}
              onClick={(event) => putAway(id, event.currentTarget)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
