/** What EC2 shows of a node at one moment, and how a series of such looks is read. All times are milliseconds since 1970. */

export interface SeenInstance {
  readonly id: string;
  readonly state: string;
  readonly type: string;
  readonly isSpot: boolean;
  /** EC2's own time of the launch, in whole seconds. */
  readonly launchedAtMs: number | undefined;
}

export interface SeenInterface {
  readonly id: string;
  readonly status: string;
  readonly macAddress: string;
  readonly privateIp: string;
  readonly publicIp: string | undefined;
  readonly attachment: { readonly instanceId: string; readonly status: string } | undefined;
}

export interface SeenAssociation {
  readonly id: string;
  readonly interfaceId: string;
}

export interface Look {
  /** When the look began. */
  readonly atMs: number;
  readonly instances: readonly SeenInstance[];
  /** Undefined if it is not known yet, or EC2 does not show it. */
  readonly networkInterface: SeenInterface | undefined;
  /** The interface that EC2 did not show, and its error code. */
  readonly missingInterface: { readonly id: string; readonly code: string } | undefined;
  /** Of the Elastic IP. */
  readonly association: SeenAssociation | undefined;
}

/** One thing that became different from one look to the next. */
export interface Change {
  readonly atMs: number;
  readonly resourceId: string;
  readonly what: 'instance' | 'interface' | 'attachment' | 'association';
  readonly from: string;
  readonly to: string;
}

const NONE = 'none';

export function changesIn(looks: readonly Look[]): readonly Change[] {
  const before = new Map<string, string>();
  return looks.flatMap((look) =>
    factsOf(look).flatMap(({ what, resourceId, value }): readonly Change[] => {
      const key = `${what} ${resourceId}`;
      const from = before.get(key) ?? NONE;
      before.set(key, value);
      return from === value ? [] : [{ atMs: look.atMs, resourceId, what, from, to: value }];
    }),
  );
}

interface Fact extends Pick<Change, 'what' | 'resourceId'> {
  readonly value: string;
}

function factsOf({ instances, networkInterface, missingInterface, association }: Look): readonly Fact[] {
  const facts: Fact[] = instances.map(({ id, state }) => ({ what: 'instance', resourceId: id, value: state }));
  const on = association === undefined ? NONE : `${association.interfaceId} by ${association.id}`;
  facts.push({ what: 'association', resourceId: 'the Elastic IP', value: on });
  if (networkInterface !== undefined) {
    const { id, status, attachment } = networkInterface;
    const attached = attachment === undefined ? NONE : `${attachment.status} to ${attachment.instanceId}`;
    facts.push({ what: 'interface', resourceId: id, value: status });
    facts.push({ what: 'attachment', resourceId: id, value: attached });
  }
  if (missingInterface !== undefined)
    facts.push({ what: 'interface', resourceId: missingInterface.id, value: missingInterface.code });
  return facts;
}

/** Whether two looks show the same. */
export function isSame({ atMs: _one, ...one }: Look, { atMs: _other, ...other }: Look): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function stateOf({ instances }: Look, instanceId: string): string | undefined {
  return instances.find(({ id }) => id === instanceId)?.state;
}

/** Whether the Elastic IP leads to a running instance, through the interface. */
export function leadsToInstance(look: Look): boolean {
  const { networkInterface, association } = look;
  const attachment = networkInterface?.attachment;
  return (
    attachment?.status === 'attached' &&
    association?.interfaceId === networkInterface?.id &&
    stateOf(look, attachment.instanceId) === 'running'
  );
}

/**
 * How long the Elastic IP led to no running instance, in milliseconds.
 * @param looks in the order of time; what a look shows holds until the next one
 */
export function addressAwayMs(looks: readonly Look[], fromMs: number, untilMs: number): number {
  let totalMs = 0;
  for (const [index, look] of looks.entries()) {
    const nextMs = Math.min(looks[index + 1]?.atMs ?? untilMs, untilMs);
    if (!leadsToInstance(look)) totalMs += Math.max(0, nextMs - Math.max(look.atMs, fromMs));
  }
  return totalMs;
}

/** When a look from `fromMs` on first showed it, or undefined. */
export function firstSeenMs(
  looks: readonly Look[],
  fromMs: number,
  shows: (look: Look) => boolean,
): number | undefined {
  return looks.find((look) => look.atMs >= fromMs && shows(look))?.atMs;
}
