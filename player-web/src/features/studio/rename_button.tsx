// SPDX-License-Identifier: GPL-3.0-or-later
/* Another title for a lecture: a button that becomes a line to write in. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Field } from '../../app/forms/field';
import { Form } from '../../app/forms/form';
import { Icon } from '../../ui/icon';
import { TITLE_MAX_CHARS } from '../uploads/upload_rules';
import { t } from './text';

export interface RenameButtonProps {
  title: string;
  onRename: (title: string) => Promise<unknown>;
  onDone: () => unknown;
}

export function RenameButton({ title, onRename, onDone }: RenameButtonProps): JSX.Element {
  const [isWriting, setWriting] = useState(false);
  const wasWriting = useRef(false);
  const takeBack = (button: HTMLButtonElement | null): void => {
    if (wasWriting.current) button?.focus();
  };
  wasWriting.current = isWriting || wasWriting.current;
  if (!isWriting) {
    return (
      <button ref={takeBack} type="button" class="button button-small button-plain" onClick={() => setWriting(true)}>
        <Icon name="pencil" />
        {t('studio.rename')}
      </button>
    );
  }
  return (
    <Form
      submit={t('studio.rename_save')}
      onSubmit={({ title: written = '' }) => (written === title ? Promise.resolve() : onRename(written))}
      onDone={() => {
        setWriting(false);
        return onDone();
      }}
      onCancel={() => setWriting(false)}
    >
      <Field name="title" label={t('studio.rename_label')} initial={title} required max={TITLE_MAX_CHARS} isFirst />
    </Form>
  );
}
