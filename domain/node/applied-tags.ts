/**
 * Which parts of a node get the tags of its configuration, and which keys are on them. Holdfast's own tags are on all
 * parts in any case, and are not counted here: ownership depends on them.
 */
import type { NodeDocument } from '../config/node-config';
import type { StatefulNode, Tag } from './stateful-node';

/** `volumes`: those of the present instance. `interface`: the persisted one. */
const PARTS = ['instance', 'volumes', 'interface'] as const;

export type TaggedPart = (typeof PARTS)[number];

type KeysOfParts = Readonly<Record<TaggedPart, readonly string[]>>;

type Noted = Pick<StatefulNode, 'appliedTagKeys' | 'volumeTagKeys' | 'interfaceTagKeys'>;

/**
 * The configured tags that belong on the part. Without `resourceTagSpecification` only the instance gets them, as in the
 * API contract.
 */
export function configuredTags(part: TaggedPart, { compute }: NodeDocument): readonly Tag[] {
  const { tags = [], resourceTagSpecification: specification } = compute.launchSpecification;
  const isTagged = {
    instance: true,
    volumes: specification?.volumes?.shouldTag === true,
    interface: specification?.enis?.shouldTag === true,
  };
  return isTagged[part] ? tags.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue })) : [];
}

/** What must change on a part, so that it has the tags of the configuration and no others of earlier ones. */
export interface TagChange {
  readonly set: readonly Tag[];
  /** Keys. */
  readonly dropped: readonly string[];
}

export function tagChange(part: TaggedPart, node: Noted, config: NodeDocument): TagChange {
  const set = configuredTags(part, config);
  const isSet = (key: string): boolean => set.some((each) => each.key === key);
  return { set, dropped: appliedTagKeys(part, node).filter((key) => !isSet(key)) };
}

export function isNone({ set, dropped }: TagChange): boolean {
  return set.length + dropped.length === 0;
}

/** The keys of configured tags that may be on the part. */
function appliedTagKeys(
  part: TaggedPart,
  { appliedTagKeys: instance, volumeTagKeys: volumes = instance, interfaceTagKeys = [] }: Noted,
): readonly string[] {
  return { instance, volumes, interface: interfaceTagKeys }[part];
}

/** The keys in the record of a node whose parts have the tags of the configuration. */
export function keysOf(config: NodeDocument): Noted {
  return noted(wantedKeys(config));
}

/** The record, once the parts have the tags of the configuration, and no others of earlier ones. */
export function withAppliedTags(node: StatefulNode, config: NodeDocument): StatefulNode {
  return withKeys(node, wantedKeys(config));
}

/** The record, once an instance was launched with the configuration. The interface keeps its tags. */
export function withLaunchedTags(node: StatefulNode, config: NodeDocument): StatefulNode {
  return withKeys(node, { ...wantedKeys(config), interface: appliedTagKeys('interface', node) });
}

/** The record, once an interface was made with these tags. Earlier keys stay: an operation may use an earlier one again. */
export function withInterfaceTags(node: StatefulNode, tags: readonly Tag[]): StatefulNode {
  const { instance, volumes, interface: before } = keysOn(node);
  const keys = tags.map(({ key }) => key).filter((key) => !isReserved(key));
  return withKeys(node, { instance, volumes, interface: union(before, keys) });
}

/**
 * The record to write before the tags of the configuration are set, so that a step that crashes in between leaves no tag
 * that no record names. Undefined if the record names them all.
 */
export function withTagsToCome(node: StatefulNode, config: NodeDocument): StatefulNode | undefined {
  const [present, wanted] = [keysOn(node), wantedKeys(config)];
  if (PARTS.every((part) => wanted[part].every((key) => present[part].includes(key)))) return undefined;
  return withKeys(
    node,
    byPart((part) => union(present[part], wanted[part])),
  );
}

/** Whether the key belongs to AWS or to Holdfast itself. No configured tag has such a key: the schema refuses it. */
export function isReserved(key: string): boolean {
  return /^(aws|holdfast):/i.test(key);
}

function wantedKeys(config: NodeDocument): KeysOfParts {
  return byPart((part) => configuredTags(part, config).map(({ key }) => key));
}

function keysOn(node: Noted): KeysOfParts {
  return byPart((part) => appliedTagKeys(part, node));
}

function byPart(keysFor: (part: TaggedPart) => readonly string[]): KeysOfParts {
  return { instance: keysFor('instance'), volumes: keysFor('volumes'), interface: keysFor('interface') };
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}

function withKeys(node: StatefulNode, keys: KeysOfParts): StatefulNode {
  const { volumeTagKeys: _volumes, interfaceTagKeys: _interface, ...rest } = node;
  return { ...rest, ...noted(keys) };
}

function noted({ instance, volumes, interface: onInterface }: KeysOfParts): Noted {
  return {
    appliedTagKeys: instance,
    ...(JSON.stringify(volumes) !== JSON.stringify(instance) && { volumeTagKeys: volumes }),
    ...(onInterface.length > 0 && { interfaceTagKeys: onInterface }),
  };
}
