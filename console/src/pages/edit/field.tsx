/** The fields of the form. Each shows the faults of the paths that it edits. */
import type { ReactNode } from 'react';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { textAt, valueAt, withNumber, withText, withValue } from './document';
import { useEditor } from './editor';
import { faultsAt, sentence } from './faults';

interface FieldProps {
  /** The fields of the document. The first is where a fault leads to. */
  readonly paths: readonly string[];
  readonly label: string;
  readonly description?: ReactNode;
  readonly constraint?: ReactNode;
  /** What is wrong before anybody has asked the API. */
  readonly problem?: string | undefined;
  readonly warning?: ReactNode;
  readonly secondary?: ReactNode;
  readonly isOptional?: boolean;
  readonly stretch?: boolean;
  readonly children: ReactNode;
}

export function Field({ paths, label, isOptional, problem, secondary, children, ...props }: FieldProps): ReactNode {
  const { faults } = useEditor();
  const messages = faultsAt(faults, ...paths).map(({ message }) => sentence(message));
  const shown = messages.length === 0 && problem !== undefined ? [problem] : [...new Set(messages)];
  return (
    <div data-fields={paths.join(' ')}>
      <FormField
        label={
          isOptional === true ? (
            <>
              {label} <i>– optional</i>
            </>
          ) : (
            label
          )
        }
        description={props.description}
        constraintText={props.constraint}
        warningText={shown.length === 0 ? props.warning : undefined}
        errorText={shown.length > 0 && shown.map((message) => <div key={message}>{message}</div>)}
        secondaryControl={secondary}
        stretch={props.stretch ?? false}
      >
        {children}
      </FormField>
    </div>
  );
}

/** Leads the reader to a field, or else to what contains it. Returns whether the page shows one. */
export function focusField(path: string): boolean {
  const keys = path.split('.');
  for (let length = keys.length; length > 0; length -= 1) {
    const found = document.querySelector(`[data-fields~="${CSS.escape(keys.slice(0, length).join('.'))}"]`);
    if (found === null) continue;
    // A field in a closed section cannot have the focus.
    const section = found.closest('[data-section]')?.querySelector('[aria-expanded]');
    if (section instanceof HTMLElement && section.ariaExpanded === 'false') section.click();
    requestAnimationFrame(() => {
      found.scrollIntoView({ block: 'center' });
      const control = found.querySelector('input, textarea, button');
      if (control instanceof HTMLElement) control.focus({ preventScroll: true });
    });
    return true;
  }
  return false;
}

interface OfPath extends Omit<FieldProps, 'paths' | 'children'> {
  readonly path: string;
}

interface TextFieldProps extends OfPath {
  readonly placeholder?: string;
  readonly isFirst?: boolean;
}

export function TextField({ path, placeholder, isFirst = false, ...field }: TextFieldProps): ReactNode {
  const { document, change } = useEditor();
  return (
    <Field paths={[path]} {...field}>
      <Input
        value={textAt(document, path)}
        placeholder={placeholder ?? ''}
        autoFocus={isFirst}
        spellcheck={false}
        autoComplete="off"
        onChange={({ detail }) => change((before) => withText(before, path, detail.value))}
      />
    </Field>
  );
}

export function NumberField({ path, standard, ...field }: OfPath & { readonly standard?: number }): ReactNode {
  const { document, change } = useEditor();
  return (
    <Field paths={[path]} {...field}>
      <Input
        type="number"
        inputMode="numeric"
        value={textAt(document, path)}
        placeholder={standard === undefined ? '' : String(standard)}
        onChange={({ detail }) => change((before) => withNumber(before, path, detail.value))}
      />
    </Field>
  );
}

interface FlagFieldProps {
  readonly path: string;
  readonly label: string;
  readonly description?: ReactNode;
  /** What the API takes if the field is absent. */
  readonly standard: boolean;
}

export function FlagField({ path, label, description, standard }: FlagFieldProps): ReactNode {
  const { document, before: original, change, faults } = useEditor();
  const value = valueAt(document, path);
  const messages = faultsAt(faults, path).map(({ message }) => sentence(message));
  const choose = (checked: boolean): void => {
    // The document names the default only if it did so before.
    const isNamed = checked !== standard || valueAt(original, path) !== undefined;
    change((before) => withValue(before, path, isNamed ? checked : undefined));
  };
  return (
    <div data-fields={path}>
      <FormField errorText={messages.join(' ')}>
        <Checkbox
          checked={typeof value === 'boolean' ? value : standard}
          onChange={({ detail }) => choose(detail.checked)}
          description={description}
        >
          {label}
        </Checkbox>
      </FormField>
    </div>
  );
}

interface ChoiceFieldProps extends OfPath {
  /** The texts by the values. */
  readonly choices: Readonly<Record<string, string>>;
  /** What an absent field means. */
  readonly standard: string;
}

export function ChoiceField({ path, choices, standard, ...field }: ChoiceFieldProps): ReactNode {
  const { document, change } = useEditor();
  const value = textAt(document, path);
  const options = [
    { value: '', label: standard },
    ...Object.entries(choices).map(([each, label]) => ({ value: each, label })),
  ];
  return (
    <Field paths={[path]} {...field}>
      <Select
        options={options}
        selectedOption={options.find((each) => each.value === value) ?? { value, label: value }}
        onChange={({ detail }) => change((before) => withText(before, path, detail.selectedOption.value ?? ''))}
      />
    </Field>
  );
}
