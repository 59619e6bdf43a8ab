// SPDX-License-Identifier: GPL-3.0-or-later
/* Another title for a lecture: a button that becomes a line to write in. */
import type { JSX, TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../app/text';
import { Icon } from '../../ui/icon';
import { cutTitle, cutTyped } from '../uploads/upload_rules';

export interface RenameButtonProps {
  title: string;
  onRename: (title: string) => void;
}

export function RenameButton({ title, onRename }: RenameButtonProps): JSX.Element {
  const [isWriting, setWriting] = useState(false);
  if (!isWriting) {
    return (
      <button type="button" class="button button-small button-plain" onClick={() => setWriting(true)}>
        <Icon name="pencil" />
        {t('studio.rename')}
      </button>
    );
  }
  const submit = (event: TargetedEvent<HTMLFormElement, SubmitEvent>): void => {
    event.preventDefault();
    const written = cutTitle(String(new FormData(event.currentTarget).get('title') ?? '')).trim();
    setWriting(false);
    if (written && written !== title) onRename(written);
  };
  return (
    <form class="row-ask" onSubmit={submit}>
      <label class="field row-title">
        {t('studio.rename_label')}
        <input
          name="title"
          defaultValue={title}
          required
          autoFocus
          onInput={(event) => {
            event.currentTarget.value = cutTyped(event.currentTarget.value);
          }}
        />
      </label>
      <button type="submit" class="button button-small button-main">
        {t('studio.rename_save')}
      </button>
      <button type="button" class="button button-small" onClick={() => setWriting(false)}>
        {t('studio.rename_keep')}
      </button>
    </form>
  );
}
