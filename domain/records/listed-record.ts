/**
 * The text that the table keeps beside the record of a node, and that its index `Listed` has a copy of. It has no names, to
 * be short. It is written together with the record. An earlier version of Holdfast keeps the text and changes the record, so
 * the text says of which change it is: if that is not the record's, the record is read instead.
 */
import * as z from 'zod';
import type { ListedInstance, ListedNode, ListedOperation } from '../operation/listed-node';
import { OPERATION_KINDS, type LastReplacement } from '../node/stateful-node';

/** A text of another version is not read. */
const VERSION = 1;
const NONE = 0;

const orNone = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal(NONE)]);
const text = orNone(z.string());

const form = z.tuple([
  z.literal(VERSION),
  z.string(),
  z.string(),
  z.string(),
  z.enum(['ACTIVE', 'PAUSING', 'PAUSED', 'RESUMING', 'RECYCLING', 'DEALLOCATING', 'ERROR']),
  z.boolean(),
  z.tuple([text, text, text]),
  orNone(
    z.tuple([
      z.enum(OPERATION_KINDS),
      orNone(z.enum(['interruption', 'rebalance', 'request', 'retry', 'lost', 'unhealthy', 'drift'])),
      z.string(),
    ]),
  ),
  orNone(z.tuple([z.string(), z.string(), z.enum(['spot', 'on_demand']), z.string()])),
  z.tuple([text, text, text, text, text]),
  orNone(z.tuple([z.string(), text, text])),
  orNone(z.array(z.tuple([z.string(), z.string()]))),
]);

export function listedText(node: ListedNode): string {
  const { updatedAt, createdAt, name, status, isLeaving, errorReason, errorName, nextTryAt, tags } = node;
  const written: z.infer<typeof form> = [
    VERSION,
    updatedAt,
    createdAt,
    name,
    status,
    isLeaving,
    [errorReason ?? NONE, errorName ?? NONE, nextTryAt ?? NONE],
    node.operation === undefined ? NONE : operationForm(node.operation),
    node.instance === undefined ? NONE : instanceForm(node.instance),
    addressForm(node),
    node.lastReplacement === undefined ? NONE : replacementForm(node.lastReplacement),
    tags === undefined ? NONE : tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]),
  ];
  return JSON.stringify(written);
}

/** Undefined if the text cannot be read, or is of another change. @param found the value of the attribute */
export function listedIn(id: string, changedAt: unknown, found: unknown): ListedNode | undefined {
  const { data } = form.safeParse(parsed(found));
  if (data === undefined) return undefined;
  const [, updatedAt, createdAt, name, status, isLeaving, failure, operation, instance, address, last, tags] = data;
  if (updatedAt !== changedAt) return undefined;
  const [errorReason, errorName, nextTryAt] = failure;
  return {
    id,
    name,
    status,
    errorReason: given(errorReason),
    errorName: given(errorName),
    nextTryAt: given(nextTryAt),
    operation: operation === NONE ? undefined : operationIn(operation),
    instance: instance === NONE ? undefined : instanceIn(instance),
    ...addressIn(address),
    lastReplacement: last === NONE ? undefined : replacementIn(last),
    tags: tags === NONE ? undefined : tags.map(([tagKey, tagValue]) => ({ tagKey, tagValue })),
    isLeaving,
    createdAt,
    updatedAt,
  };
}

type Form = z.infer<typeof form>;
type Given<T> = Exclude<T, typeof NONE>;

function given<T>(value: T | typeof NONE): T | undefined {
  return value === NONE ? undefined : value;
}

function operationForm({ kind, startedBy, startedAt }: ListedOperation): Given<Form[7]> {
  return [kind, startedBy ?? NONE, startedAt];
}

function operationIn([kind, startedBy, startedAt]: Given<Form[7]>): ListedOperation {
  return { kind, startedBy: given(startedBy), startedAt };
}

function instanceForm({ id, instanceType, lifeCycle, launchedAt }: ListedInstance): Given<Form[8]> {
  return [id, instanceType, lifeCycle, launchedAt];
}

function instanceIn([id, instanceType, lifeCycle, launchedAt]: Given<Form[8]>): ListedInstance {
  return { id, instanceType, lifeCycle, launchedAt };
}

function addressForm({ availabilityZone, interfaceId, privateIp, ipv6Address, publicIp }: ListedNode): Form[9] {
  return [availabilityZone ?? NONE, interfaceId ?? NONE, privateIp ?? NONE, ipv6Address ?? NONE, publicIp ?? NONE];
}

function addressIn([availabilityZone, interfaceId, privateIp, ipv6Address, publicIp]: Form[9]) {
  return {
    availabilityZone: given(availabilityZone),
    interfaceId: given(interfaceId),
    privateIp: given(privateIp),
    ipv6Address: given(ipv6Address),
    publicIp: given(publicIp),
  };
}

function replacementForm({ at, awayFrom, awayTo }: LastReplacement): Given<Form[10]> {
  return [at, awayFrom ?? NONE, awayTo ?? NONE];
}

function replacementIn([at, awayFrom, awayTo]: Given<Form[10]>): LastReplacement {
  return { at, awayFrom: given(awayFrom), awayTo: given(awayTo) };
}

function parsed(found: unknown): unknown {
  if (typeof found !== 'string') return undefined;
  try {
    return JSON.parse(found);
  } catch {
    return undefined;
  }
}
