/** The instance types, in the order in which they are tried. */
import { useState, type ReactNode } from 'react';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useAccountList, type Image, type InstanceType, type Subnet } from '../../api/account';
import { instanceTypesOf, textAt, withInstanceTypes } from './document';
import { useEditor } from './editor';
import { Field } from './field';
import { useChosenSubnets } from './subnets';

const LAUNCH = 'compute.launchSpecification';
const DOLLARS = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });

export function InstanceTypesField(): ReactNode {
  const { document, change } = useEditor();
  const [typed, setTyped] = useState('');
  const types = instanceTypesOf(document);
  const images = useAccountList<Image>('images');
  const architecture = images.items.find(({ id }) => id === textAt(document, `${LAUNCH}.imageId`))?.architecture;
  const list = useAccountList<InstanceType>(
    architecture === undefined ? 'instance-types' : `instance-types?architecture=${encodeURIComponent(architecture)}`,
  );
  const details = useAccountList<InstanceType>(
    types.length === 0
      ? undefined
      : `instance-types?types=${types.slice(0, 20).map(encodeURIComponent).join(',')}&prices=true`,
  );
  const subnets = useChosenSubnets();
  const choose = (chosen: readonly string[]): void => change((before) => withInstanceTypes(before, chosen));
  const add = (name: string): void => {
    setTyped('');
    if (name !== '' && !types.includes(name)) choose([...types, name]);
  };
  return (
    <Field
      paths={[`${LAUNCH}.instanceTypes`]}
      label="Instance types"
      description="Tried in this order: first all of them as spot capacity, then on-demand."
      warning={list.error !== undefined && `The types cannot be listed, so type the name. ${list.error.message}`}
      stretch
    >
      <Autosuggest
        value={typed}
        placeholder={types.length === 0 ? 'Choose a type, like m7g.large' : 'Add another type'}
        enteredTextLabel={(text) => `Use ${text}`}
        options={list.items.filter(({ name }) => !types.includes(name)).map(optionOf)}
        statusType={list.isLoading ? 'loading' : 'finished'}
        loadingText="Reading the types"
        empty="Enter the name of a type."
        virtualScroll
        onChange={({ detail }) => setTyped(detail.value)}
        onSelect={({ detail }) => add(detail.value.trim())}
        onKeyDown={({ detail }) => detail.key === 'Enter' && add(typed.trim())}
        onBlur={() => add(typed.trim())}
      />
      <ol className="hf-types" aria-label="Instance types">
        {types.map((name, index) => (
          <TypeRow
            key={name}
            name={name}
            details={details.items.find((each) => each.name === name)}
            subnets={subnets}
            onUp={index === 0 ? undefined : () => choose(swapped(types, index - 1))}
            onDown={index === types.length - 1 ? undefined : () => choose(swapped(types, index))}
            onRemove={() => choose(types.filter((each) => each !== name))}
          />
        ))}
      </ol>
    </Field>
  );
}

interface TypeRowProps {
  readonly name: string;
  readonly details: InstanceType | undefined;
  readonly subnets: readonly Subnet[];
  readonly onUp: (() => void) | undefined;
  readonly onDown: (() => void) | undefined;
  readonly onRemove: () => void;
}

function TypeRow({ name, details, subnets, onUp, onDown, onRemove }: TypeRowProps): ReactNode {
  return (
    <li>
      <div>
        <Box variant="strong">{name}</Box>
        <Box color="text-body-secondary" fontSize="body-s">
          {details !== undefined && [sizeOf(details), priceOf(details, subnets)].join(', ')}
        </Box>
      </div>
      <span>
        <Button
          variant="icon"
          iconName="angle-up"
          ariaLabel={`Try ${name} earlier`}
          disabled={!onUp}
          onClick={() => onUp?.()}
        />
        <Button
          variant="icon"
          iconName="angle-down"
          ariaLabel={`Try ${name} later`}
          disabled={!onDown}
          onClick={() => onDown?.()}
        />
        <Button variant="icon" iconName="close" ariaLabel={`Remove ${name}`} onClick={onRemove} />
      </span>
    </li>
  );
}

/** The list with the entry at the index and its successor in the other order. */
function swapped(list: readonly string[], index: number): readonly string[] {
  const [one, other] = list.slice(index, index + 2);
  return one === undefined || other === undefined
    ? list
    : [...list.slice(0, index), other, one, ...list.slice(index + 2)];
}

function optionOf(type: InstanceType): { value: string; labelTag: string; description: string } {
  return { value: type.name, labelTag: type.architectures.join(', '), description: sizeOf(type) };
}

function sizeOf({ vCpus, memoryMib, architectures, maximumInterfaces }: InstanceType): string {
  const memory = (memoryMib / 1024).toLocaleString(undefined, { maximumFractionDigits: 1 });
  const interfaces = `${maximumInterfaces} ${maximumInterfaces === 1 ? 'interface' : 'interfaces'}`;
  return `${architectures.join(', ')}, ${vCpus} vCPU, ${memory} GiB, ${interfaces}`;
}

/** The spot prices are those of the zones in which the node may live. */
function priceOf({ prices }: InstanceType, subnets: readonly Subnet[]): string {
  if (prices === null) return 'no price known';
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  const spot = prices.spotUsdPerHour
    .filter(({ availabilityZone }) => zones.size === 0 || zones.has(availabilityZone))
    .map(({ usdPerHour }) => usdPerHour);
  const range = [...new Set([Math.min(...spot), Math.max(...spot)])].map((each) => DOLLARS.format(each)).join(' to ');
  const onDemand = prices.onDemandUsdPerHour === null ? '' : `on-demand ${DOLLARS.format(prices.onDemandUsdPerHour)}`;
  const all = [...(spot.length === 0 ? [] : [`spot ${range}`]), ...(onDemand === '' ? [] : [onDemand])];
  return all.length === 0 ? 'no price known' : `${all.join(', ')} an hour`;
}
