// SPDX-License-Identifier: GPL-3.0-or-later
/* A form: reads its fields, sends them, and says what is wrong beside the field that it is about.
 *
 * The server names a fault by JSON pointer ("/title") and code (RFC 9457). What the page can see
 * itself - nothing filled in, too long - it says with the same codes before anything is sent. */
import { createContext, type ComponentChildren, type JSX, type TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../../ui/notice';
import { useAction } from '../action';
import { ApiError } from '../api';
import type { FieldError } from '../types';
import './form.css';
import { t } from './text';

export type Values = Record<string, string>;

/** What is wrong, by pointer. */
type Faults = ReadonlyMap<string, string>;

export const FaultsOfForm = createContext<Faults>(new Map());

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const controls = (form: HTMLFormElement): Control[] =>
  [...form.elements].filter((one): one is Control => 'name' in one && one.name !== '' && one.localName !== 'button');

/* Phones type letters and marks apart; the server compares composed text. A password stays as typed. */
function valueOf(control: Control): string {
  return control.dataset['secret'] ? control.value : control.value.normalize('NFC').trim();
}

/** What is filled in; a box that is not ticked is absent. */
function valuesOf(form: HTMLFormElement): Values {
  const filled = controls(form).filter((one) => !(one.type === 'checkbox' && !(one as HTMLInputElement).checked));
  return Object.fromEntries(filled.map((one) => [one.name, valueOf(one)]));
}

/** What the page sees by itself. */
function check(form: HTMLFormElement): FieldError[] {
  const faults: FieldError[] = [];
  for (const control of controls(form)) {
    const value = valueOf(control);
    const pointer = control.dataset['pointer'] ?? `/${control.name}`;
    if (control.required && value === '') faults.push({ pointer, code: 'required' });
    else if ([...value].length > Number(control.dataset['max'] ?? Infinity)) faults.push({ pointer, code: 'too-long' });
  }
  return faults;
}

/** Words for a fault: ours, else the server's: a later server may know more codes. */
export function fieldText({ code }: { code: string }, { detail, title }: ApiError['problem'] = {}): string {
  return t.find(`field.${code}`) ?? detail ?? title ?? t('field.malformed');
}

export interface FormProps {
  /** On the button. */
  submit: string;
  /** Sends it; what it throws is shown. */
  onSubmit: (values: Values) => Promise<unknown>;
  onDone?: () => unknown;
  /** Is empty again when it is done, for the next one. */
  clears?: boolean;
  /** There is a second button, which leaves all as it is. */
  onCancel?: () => void;
  /** Other words for a problem than everywhere; null for those. */
  explain?: (error: ApiError) => string | null;
  class?: string;
  children: ComponentChildren;
}

export function Form({ submit, onSubmit, onDone, clears = false, onCancel, explain, class: name, children }: FormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const [seen, setSeen] = useState<FieldError[]>([]);
  const action = useAction(onSubmit, () => {
    if (clears) form.current?.reset();
    return onDone?.();
  });
  const problem = action.problem?.problem;
  const faults = new Map([...seen, ...(problem?.errors ?? [])].map((fault) => [fault.pointer, fieldText(fault, problem)]));
  const nFaults = faults.size;
  useEffect(() => {
    if (nFaults > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [seen, problem]);

  const send = (event: TargetedEvent<HTMLFormElement, SubmitEvent>): void => {
    event.preventDefault();
    const found = check(event.currentTarget);
    setSeen(found);
    if (found.length === 0) void action.run(valuesOf(event.currentTarget));
  };

  /* A fault of a field that is not on this form is told all the same. */
  const drawn = form.current ? controls(form.current).map((one) => one.dataset['pointer'] ?? `/${one.name}`) : [];
  const elsewhere = [...faults].filter(([pointer]) => !drawn.includes(pointer));
  const words = action.problem && explain ? explain(action.problem) : null;
  return (
    <form ref={form} class={name ? `form ${name}` : 'form'} onSubmit={send} noValidate aria-busy={action.isBusy}>
      {action.problem && (
        <Problem error={action.problem} words={words ?? (nFaults > elsewhere.length ? t('form.faults') : null)}>
          {elsewhere.map(([pointer, text]) => (
            <p key={pointer}>
              {pointer}: {text}
            </p>
          ))}
        </Problem>
      )}
      <FaultsOfForm.Provider value={faults}>{children}</FaultsOfForm.Provider>
      <div class="form-foot">
        <button type="submit" class="button button-main" aria-disabled={action.isBusy}>
          {action.isBusy ? t('form.working') : submit}
        </button>
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            {t('form.cancel')}
          </button>
        )}
      </div>
    </form>
  );
}
