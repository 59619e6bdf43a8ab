// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in. Used by all three apps: where a page needs a person, this form takes its place. */
import type { JSX, TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from './api';
import { login } from './session';
import type { User } from './types';
import { t } from './text';
import { errorText, Notice } from '../ui/notice';

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.broken');
  if (error.kind === 'signed_out') return t('login.wrong');
  if (error.status === 429) return t('login.slow', { s: error.retryAfterS ?? 10 });
  if (error.kind === 'busy') return t('login.busy', { s: error.retryAfterS ?? 10 });
  return errorText(error);
}

export interface LoginFormProps {
  lead: string;
  onDone?: (user: User) => void;
}

export function LoginForm({ lead, onDone }: LoginFormProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isShown, setShown] = useState(false);

  /* One element that changes its type; the typings know only one type per element. */
  const kind = (isShown ? 'text' : 'password') as 'password';

  const submit = async (event: TargetedEvent<HTMLFormElement, SubmitEvent>): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const name = String(fields.get('login') ?? '').normalize('NFC').trim();
    const password = String(fields.get('password') ?? ''); /* as typed: the server knows the forms */
    if (!name || !password) {
      setProblem(t('login.empty'));
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const person = await login(name, password);
      onDone?.(person);
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  return (
    <form class="login card" onSubmit={(event) => void submit(event)} noValidate>
      <h1>{t('login.title')}</h1>
      <p class="soft">{lead}</p>
      {problem && (
        <Notice tone="bad" icon="warn" role="alert">
          <p>{problem}</p>
        </Notice>
      )}
      <label class="field">
        <span>{t('login.name')}</span>
        <input name="login" autocomplete="username" autocapitalize="none" spellcheck={false} />
      </label>
      <label class="field">
        <span>{t('login.password')}</span>
        <input name="password" type={kind} autocomplete="current-password" autocapitalize="none" />
      </label>
      <label class="tick">
        <input type="checkbox" checked={isShown} onChange={(event) => setShown(event.currentTarget.checked)} />
        <span>{t('login.show')}</span>
      </label>
      <button type="submit" class="button button-main" disabled={isBusy}>
        {t(isBusy ? 'login.working' : 'login.submit')}
      </button>
    </form>
  );
}
