/**
 * Choices from what the account has. Where its list cannot be read, the id is typed instead: the deployment's role may lack
 * a permission, and the API checks the id in any case.
 */
import { useState, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import type { AccountList } from '../../api/account';

export interface Option {
  readonly value: string;
  readonly label?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly labelTag?: string;
  readonly disabled?: boolean;
  readonly disabledReason?: string;
}

interface ChoiceProps<Item> {
  readonly list: AccountList<Item>;
  readonly optionOf: (item: Item) => Option;
  /** Shown while nothing is chosen. */
  readonly placeholder: string;
  /** Like `subnet-0a9b8c7d6e5f40312`, for the input that stands in. */
  readonly example: string;
  readonly empty: string;
}

const filtering = { filteringType: 'auto', filteringPlaceholder: 'Find', filteringAriaLabel: 'Find' } as const;

interface OneProps<Item> extends ChoiceProps<Item> {
  readonly value: string;
  /** For a choice that may be left open. */
  readonly none?: string;
  readonly onChange: (value: string) => void;
}

export function ChooseOne<Item>({ list, optionOf, value, none, onChange, ...texts }: OneProps<Item>): ReactNode {
  if (list.error !== undefined) {
    return (
      <Typed list={list}>
        <Input
          value={value}
          placeholder={texts.example}
          spellcheck={false}
          autoComplete="off"
          onChange={({ detail }) => onChange(detail.value.trim())}
        />
      </Typed>
    );
  }
  const options = list.items.map((item) => mutable(optionOf(item)));
  const chosen = options.find((option) => option.value === value) ?? unknown(value, list);
  return (
    <Select
      {...filtering}
      options={none === undefined ? options : [mutable({ value: '', label: none }), ...options]}
      selectedOption={value === '' ? (none === undefined ? null : { value: '', label: none }) : chosen}
      placeholder={texts.placeholder}
      empty={texts.empty}
      statusType={list.isLoading ? 'loading' : 'finished'}
      loadingText="Reading the account"
      triggerVariant={value === '' ? 'label' : 'option'}
      virtualScroll={options.length > 100}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  );
}

interface ManyProps<Item> extends ChoiceProps<Item> {
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

export function ChooseMany<Item>({ list, optionOf, values, onChange, ...texts }: ManyProps<Item>): ReactNode {
  if (list.error !== undefined) {
    return (
      <Typed list={list}>
        <TypedList values={values} example={texts.example} onChange={onChange} />
      </Typed>
    );
  }
  const options = list.items.map((item) => mutable(optionOf(item)));
  return (
    <Multiselect
      {...filtering}
      options={options}
      selectedOptions={values.map((value) => options.find((option) => option.value === value) ?? unknown(value, list))}
      placeholder={texts.placeholder}
      empty={texts.empty}
      statusType={list.isLoading ? 'loading' : 'finished'}
      loadingText="Reading the account"
      deselectAriaLabel={({ label }) => `Remove ${label ?? ''}`}
      onChange={({ detail }) => onChange(detail.selectedOptions.map(({ value }) => value ?? ''))}
    />
  );
}

/** What was typed stays as it is, also the comma at the end, which no list of ids has. */
function TypedList({
  values,
  example,
  onChange,
}: Pick<ManyProps<never>, 'values' | 'onChange' | 'example'>): ReactNode {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const isOwn = typed !== undefined && listIn(typed).join() === values.join();
  return (
    <Input
      value={isOwn ? typed : values.join(', ')}
      placeholder={`${example}, ...`}
      spellcheck={false}
      autoComplete="off"
      onChange={({ detail }) => {
        setTyped(detail.value);
        onChange(listIn(detail.value));
      }}
    />
  );
}

const listIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter((each) => each !== '');

function Typed({ list, children }: { readonly list: AccountList<unknown>; readonly children: ReactNode }): ReactNode {
  return (
    <>
      {children}
      <Box color="text-status-warning" fontSize="body-s" padding={{ top: 'xxs' }}>
        The list of the account cannot be read, so type the id. {list.error?.message}{' '}
        <Button variant="inline-link" onClick={list.retry}>
          Try again
        </Button>
      </Box>
    </>
  );
}

/** What the document names and the list does not have: it may be another account's. */
function unknown(
  value: string,
  { isLoading }: AccountList<unknown>,
): { value: string; label: string; description?: string } {
  return { value, label: value, ...(!isLoading && { description: 'Not in the list of this account' }) };
}

/** Cloudscape's options are mutable lists. */
function mutable({ tags, ...option }: Option): Omit<Option, 'tags'> & { tags?: string[]; label: string } {
  return { ...option, label: option.label ?? option.value, ...(tags !== undefined && { tags: [...tags] }) };
}
