/** Persist Private IP, and which one. */
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { check } from '../../api/check';
import { ApiError } from '../../api/errors';
import { useConnection } from '../../session/session';
import { textAt, valueAt, withText, withValue } from './document';
import { useEditor } from './editor';
import { Field } from './field';
import { sentence } from './faults';
import { isAddress, problemWithAddress, proposals, subnetsWith, type Range } from './private-ip';
import { addressPatch, addressProbe, type Place } from './probe';
import { useIpv4Subnets, type Ipv4Subnet } from './subnets';

const PERSIST = 'persistence.persistPrivateIp';
const ADDRESS = 'compute.privateIp';
/** At once. Each is a request. */
const CANDIDATES = 4;
/** Where all are taken, the next ones are asked about, so often. */
const MOST_ROUNDS = 4;
/** After the last key. Milliseconds. */
const PAUSE_MS = 400;

export function PrivateIpFields(): ReactNode {
  const { document, change } = useEditor();
  const isPersisted = valueAt(document, PERSIST) === true;
  const choose = (checked: boolean): void =>
    change((before) => {
      const chosen = withValue(before, PERSIST, checked ? true : undefined);
      // The API refuses an address that is not to be kept.
      return checked ? chosen : withText(chosen, ADDRESS, '');
    });
  return (
    <SpaceBetween size="l">
      <Field paths={[PERSIST]} label="Private IP">
        <Checkbox
          checked={isPersisted}
          onChange={({ detail }) => choose(detail.checked)}
          description="With its interface, its MAC address and its IPv6 address."
        >
          Persist Private IP
        </Checkbox>
      </Field>
      {isPersisted && <AddressField />}
      <Zones isPersisted={isPersisted} />
    </SpaceBetween>
  );
}

function AddressField(): ReactNode {
  const { document, change, node } = useEditor();
  const subnets = useIpv4Subnets();
  const value = textAt(document, ADDRESS);
  const problem = problemWithAddress(value, subnets);
  const own = node?.privateIp ?? undefined;
  const taken = useWhyTaken(problem === undefined && value !== own && isAddress(value) ? value : undefined);
  const free = useFreeAddresses(isAddress(value) ? '' : value);
  const place = subnetsWith(value, subnets)[0];
  const status = place === undefined ? undefined : `In ${place.id}, ${place.availabilityZone}.`;
  const present = own === undefined ? [] : [{ value: own, tags: ['the present address of the node'] }];
  return (
    <Field
      paths={[ADDRESS]}
      label="IP Address"
      description="Without one, the node keeps the address that EC2 gives it first."
      problem={problem ?? taken}
      constraint={status ?? (subnets.length === 0 ? undefined : `From ${subnets.map(rangeOf).join(', ')}.`)}
      isOptional
    >
      <Autosuggest
        value={value}
        placeholder={own ?? free[0]?.address ?? '10.0.0.42'}
        enteredTextLabel={(text) => `Use ${text}`}
        options={[...present, ...free.filter(({ address }) => address !== own).map(optionOf)]}
        filteringType="manual"
        empty={subnets.length === 0 ? 'Choose subnets first, or type the address.' : 'Type the address.'}
        onChange={({ detail }) => change((before) => withText(before, ADDRESS, detail.value.trim()))}
      />
    </Field>
  );
}

const rangeOf = ({ cidrBlock, availabilityZone }: Ipv4Subnet): string => `${cidrBlock} (${availabilityZone})`;

/** What the API says about an address: why it refuses it, null if it does not, undefined if it has not answered. */
type Answer = string | null | undefined;

interface Proposal {
  readonly address: string;
  /** Whether the API has said so. */
  readonly isFree: boolean;
}

const optionOf = ({ address, isFree }: Proposal): { value: string; tags?: string[] } => ({
  value: address,
  ...(isFree && { tags: ['free'] }),
});

/** Why the API would refuse the address; undefined if it would not, or has not answered. */
function useWhyTaken(address: string | undefined): string | undefined {
  const [found, setFound] = useState<{ readonly address: string; readonly why: Answer } | undefined>(undefined);
  const ask = useAskAboutAddress();
  useEffect(() => {
    if (address === undefined) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      void ask(address).then((why) => isCurrent && setFound({ address, why }));
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [address, ask]);
  const why = found !== undefined && found.address === address ? found.why : undefined;
  return typeof why === 'string' ? sentence(why) : undefined;
}

/** Addresses of the chosen subnets that the API does not refuse now. */
function useFreeAddresses(typed: string): readonly Proposal[] {
  const subnets = useIpv4Subnets();
  const ask = useAskAboutAddress();
  const [free, setFree] = useState<readonly Proposal[]>([]);
  const ranges = subnets.map(({ id, cidrBlock }) => `${id} ${cidrBlock}`).join();
  useEffect(() => {
    let isCurrent = true;
    const find = async (): Promise<void> => {
      const chosen = ranges === '' ? [] : ranges.split(',').map((each) => each.split(' '));
      const known = chosen.map(([id = '', cidrBlock = '']) => ({ id, cidrBlock }));
      const found = await freeAmong(known, typed, ask);
      if (isCurrent) setFree(found);
    };
    const timer = setTimeout(() => void find(), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [typed, ranges, ask]);
  return free;
}

async function freeAmong(
  subnets: readonly Range[],
  typed: string,
  ask: (address: string) => Promise<Answer>,
): Promise<readonly Proposal[]> {
  const taken = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const candidates = proposals(typed, subnets, taken, CANDIDATES);
    const answers = await Promise.all(candidates.map(async (address) => ({ address, why: await ask(address) })));
    const accepted = answers.filter(({ why }) => typeof why !== 'string');
    if (accepted.length > 0) return accepted.map(({ address, why }) => ({ address, isFree: why === null }));
    for (const address of candidates) taken.add(address);
  }
  return [];
}

/** Asks the API about one address only: the other fields may still be empty. */
function useAskAboutAddress(): (address: string) => Promise<Answer> {
  const connection = useConnection();
  const { document, node } = useEditor();
  const id = node?.id;
  // As text, so that other changes of the document throw no answer away.
  const placeText = JSON.stringify({
    vpcId: valueAt(document, 'compute.vpcId') ?? null,
    subnetIds: valueAt(document, 'compute.subnetIds') ?? null,
  });
  return useMemo(() => {
    const place = JSON.parse(placeText) as Place;
    const answers = new Map<string, Promise<Answer>>();
    const ask = async (address: string): Promise<Answer> => {
      try {
        const faults = await (id === undefined
          ? check(connection, addressProbe(place, address))
          : check(connection, addressPatch(place, address), id));
        return faults.find(({ field }) => field === ADDRESS)?.message ?? null;
      } catch (error) {
        // The reader has not asked for this check: the API names the fault when the form is sent.
        if (error instanceof ApiError) return undefined;
        throw error;
      }
    };
    return async (address) => {
      const answer = answers.get(address) ?? ask(address);
      answers.set(address, answer);
      return answer;
    };
  }, [connection, placeText, id]);
}

/** What the choice of addresses means for the zones in which the node can live. */
function Zones({ isPersisted }: { readonly isPersisted: boolean }): ReactNode {
  const { document, node } = useEditor();
  const subnets = useIpv4Subnets();
  const address = textAt(document, ADDRESS) || (node?.privateIp ?? '');
  const zones = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
  if (!isPersisted) {
    if (zones.length < 2) return null;
    return (
      <Alert type="info">
        The node may move between {zones.join(', ')}. In another zone it has another private IP and MAC address.
      </Alert>
    );
  }
  const [place] = subnetsWith(address, subnets);
  const only = place?.availabilityZone ?? (zones.length === 1 ? zones[0] : undefined);
  const where = only === undefined ? 'the zone of its first instance' : only;
  return (
    <Alert type="info" header="Limits the node to a single Availability Zone">
      A private IP belongs to one subnet, so the node lives in {where} only. If EC2 has no capacity there, spot or
      on-demand, for any of its instance types, the node waits.
    </Alert>
  );
}
