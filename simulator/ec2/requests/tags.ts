/**
 * Tags: specifications in a create call, CreateTags, DeleteTags.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
 */
import type { CreateTagsRequest, DeleteTagsRequest, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { ec2Error, NotSimulated } from './ec2-error';
import { collectionOf, find } from './lookup';
import { allowOnly, badValue, required } from './parameters';
import type { Simulation } from '../ec2-state';
import type { Entity } from '../world';

const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;

/** Lone surrogates, and control characters except tab, newline and return. XML 1.0 does not allow them. */
const NOT_A_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f]|\p{Surrogate}/u;

/** Tags by resource type, like `network-interface`. */
export type TagsByResource = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Reads the tag specifications of a create call. It may tag only the resource types that it creates. */
export function readTagSpecifications(
  specifications: readonly TagSpecification[] | undefined,
  operation: string,
  creates: readonly string[],
): TagsByResource {
  const tags: Record<string, Record<string, string>> = {};
  for (const { ResourceType: type, Tags: list } of specifications ?? []) {
    const resource = required(type, 'TagSpecification.ResourceType');
    if (!creates.includes(resource)) throw badValue(`${operation} makes no ${resource} here, so it cannot tag one`);
    if (tags[resource] !== undefined) throw badValue(`Duplicate tag specification for resource type ${resource}`);
    tags[resource] = readTags(required(list, 'TagSpecification.Tags'));
  }
  return tags;
}

function readTags(list: readonly Tag[]): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of list) {
    if (key === '' || lengthOf(key) > MAX_KEY_LENGTH) throw badValue('Tag keys have between 1 and 128 characters');
    if (lengthOf(value) > MAX_VALUE_LENGTH) throw badValue('Tag values have at most 256 characters');
    if (NOT_A_CHARACTER.test(`${key}${value}`)) throw ec2Error('InvalidCharacter', 'A specified character is invalid.');
    if (/^aws:/i.test(key)) throw badValue("Tag keys starting with 'aws:' are reserved for internal use");
    if (Object.hasOwn(tags, key)) throw badValue(`Duplicate tag key '${key}' specified`);
    tags[key] = value;
  }
  checkCount(tags);
  return tags;
}

/** In Unicode characters, as EC2 counts. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function checkCount(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS) {
    throw ec2Error('TagLimitExceeded', `A resource has at most ${MAX_TAGS} tags`);
  }
}

/** The tags that describe calls show now. */
export function seenTags(simulation: Simulation, { tags }: Entity): Readonly<Record<string, string>> {
  if (simulation.now() >= (tags.goneAt ?? Infinity)) return {};
  return simulation.now() < tags.visibleAt ? tags.previous : tags.current;
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function createTags(simulation: Simulation, input: CreateTagsRequest): object {
  allowOnly('CreateTags', input, ['DryRun', 'Resources', 'Tags']);
  const entities = taggable(simulation, input.Resources);
  const added = readTags(required(input.Tags, 'Tags'));
  for (const entity of entities) checkCount({ ...entity.tags.current, ...added });
  for (const entity of entities) change(simulation, entity, { ...entity.tags.current, ...added });
  return {};
}

export function deleteTags(simulation: Simulation, input: DeleteTagsRequest): object {
  allowOnly('DeleteTags', input, ['DryRun', 'Resources', 'Tags']);
  for (const entity of taggable(simulation, input.Resources)) {
    const kept = Object.entries(entity.tags.current).filter(([key, value]) => !isNamed(input.Tags, key, value));
    change(simulation, entity, Object.fromEntries(kept));
  }
  return {};
}

/** Without tags, all are deleted. A tag without a value matches any value. */
function isNamed(named: readonly Tag[] | undefined, key: string, value: string): boolean {
  if (named === undefined) return true;
  return named.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
}

function change(simulation: Simulation, entity: Entity, current: Record<string, string>): void {
  const previous = { ...seenTags(simulation, entity) };
  const { areFromCreation: _changed, ...tags } = entity.tags;
  entity.tags = {
    ...tags,
    current,
    previous,
    visibleAt: simulation.now() + simulation.latencyMs('tagsVisible'),
  };
}

/** Finds all entities before any is changed: one unknown id fails the whole call. */
function taggable(simulation: Simulation, ids: readonly string[] | undefined): Entity[] {
  return required(ids, 'ResourceId').map((id) => {
    const collection = collectionOf(id);
    if (collection === undefined) throw new NotSimulated(`tags on ${id}`);
    return find(simulation, collection, id);
  });
}
