// SPDX-License-Identifier: GPL-3.0-or-later
/* One field of a form: its label, a hint, the control, and what is wrong with it. */
import type { JSX } from 'preact';
import { useContext, useId } from 'preact/hooks';
import { Icon } from '../../ui/icon';
import { FaultsOfForm } from './form';
import { t } from './text';

export interface FieldProps {
  name: string;
  label: string;
  /** What belongs in it, below the label. */
  hint?: string;
  /** Where the server looks for it: "/name" unless it is deeper. */
  pointer?: string;
  required?: boolean;
  /** Characters at most. */
  max?: number;
  type?: 'text' | 'password' | 'search' | 'number' | 'date' | 'email' | 'url';
  /** Room for so many lines. */
  rows?: number;
  /** A choice instead of a text. */
  options?: readonly { value: string; title: string }[];
  /** What stands in it at first; with `value` the page keeps it itself. */
  initial?: string;
  value?: string;
  onInput?: (value: string, control: { value: string }) => void;
  autocomplete?: string;
  /** Written in at once where the form appears by a tap. */
  isFirst?: boolean;
  /** Not a word of a language: a login, a code. */
  isCode?: boolean;
  /** Sent as it was typed: a password, also while it is shown. */
  isSecret?: boolean;
}

function Control(props: FieldProps & { id: string; describedBy: string; isFaulty: boolean }): JSX.Element {
  const { rows, options, type = 'text', onInput, initial, value, isCode = false, isSecret = false } = props;
  const common = {
    id: props.id,
    name: props.name,
    required: props.required,
    autoFocus: props.isFirst,
    'data-pointer': props.pointer,
    'data-max': props.max,
    'data-secret': isSecret || undefined,
    'aria-describedby': props.describedBy || undefined,
    'aria-invalid': props.isFaulty,
    ...(value === undefined ? { defaultValue: initial } : { value }),
  };
  const tell = (event: { currentTarget: { value: string } }): void => onInput?.(event.currentTarget.value, event.currentTarget);
  if (options) {
    return (
      <select {...common} onChange={tell}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === (value ?? initial)}>
            {option.title}
          </option>
        ))}
      </select>
    );
  }
  if (rows) return <textarea {...common} rows={rows} onInput={tell} />;
  /* One element that may change its type; the typings know only one type per element. */
  const code = isCode || isSecret ? ({ autocapitalize: 'none', spellcheck: false } as const) : {};
  return <input {...common} {...code} type={type as 'text'} autocomplete={props.autocomplete as 'on'} onInput={tell} />;
}

export function Field(props: FieldProps): JSX.Element {
  const { name, label, hint, required = false, pointer = `/${name}` } = props;
  const id = useId();
  const fault = useContext(FaultsOfForm).get(pointer);
  const describedBy = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>
        {label}
        {!required && !props.options && props.value === undefined && <span class="soft"> ({t('form.optional')})</span>}
      </label>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Control {...props} id={id} describedBy={describedBy} isFaulty={fault !== undefined} />
      {fault && (
        <p class="field-fault" id={`${id}-fault`}>
          <Icon name="warn" />
          {fault}
        </p>
      )}
    </div>
  );
}

export interface TickProps {
  name?: string;
  label: string;
  isTicked?: boolean;
  onTick?: (isTicked: boolean) => void;
}

/** Yes or no. */
export function Tick({ name, label, isTicked, onTick }: TickProps): JSX.Element {
  return (
    <label class="tick">
      <input type="checkbox" name={name} checked={isTicked} onChange={(event) => onTick?.(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
