// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in. Where a page needs a person, this form takes its place. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiError } from '../../app/api';
import { Field, Tick } from '../../app/forms/field';
import { Form } from '../../app/forms/form';
import { login } from '../../app/session';
import { t } from './text';

function explain(error: ApiError): string | null {
  if (error.kind === 'signed_out') return t('login.wrong');
  if (error.status === 429) return t('login.slow', { s: error.retryAfterS ?? 10 });
  if (error.kind === 'busy') return t('login.busy', { s: error.retryAfterS ?? 10 });
  return null;
}

export interface LoginFormProps {
  lead: string;
  onDone?: () => void;
}

export default function LoginForm({ lead, onDone }: LoginFormProps): JSX.Element {
  const [isShown, show] = useState(false);
  return (
    <Form
      class="login card"
      submit={t('login.submit')}
      onSubmit={({ login: name = '', password = '' }) => login(name, password)}
      onDone={onDone}
      explain={explain}
    >
      <p class="soft">{lead}</p>
      <Field name="login" label={t('login.name')} required isCode autocomplete="username" />
      <Field
        name="password"
        label={t('login.password')}
        type={isShown ? 'text' : 'password'}
        required
        isSecret
        autocomplete="current-password"
      />
      <Tick label={t('login.show')} isTicked={isShown} onTick={show} />
    </Form>
  );
}
