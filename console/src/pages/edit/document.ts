/**
 * The model of the form: the document of the API itself, read and changed by the paths of its fields.
 *
 * The form has no state of its own beside the document. So a field that it does not show stays as it is, and the form and
 * the JSON editor change the same thing. Every change returns a new document.
 */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

const LAUNCH = 'compute.launchSpecification';
const INTERFACES = `${LAUNCH}.networkInterfaces`;
const TYPES = `${LAUNCH}.instanceTypes`;

/** The API refuses a document without these objects, so they stay even if they are empty. */
const REQUIRED_OBJECTS: readonly string[] = ['persistence', 'compute', LAUNCH, TYPES];

/** What a new node begins with: the address stays, and the API's defaults fill in the rest. */
export const NEW_DOCUMENT: JsonObject = {
  persistence: { persistPrivateIp: true },
  compute: { launchSpecification: { instanceTypes: {} } },
};

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a field; undefined if the document does not have it, or has `null`, which means the same. */
export function valueAt(document: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path.split('.')) {
    const inside: Json | undefined = value;
    if (Array.isArray(inside)) value = (inside as readonly Json[])[Number(key)];
    else value = isObject(inside) && Object.hasOwn(inside, key) ? inside[key] : undefined;
  }
  return value ?? undefined;
}

/** The document with the field, or without it if the value is undefined. Objects that become empty go too. */
export function withValue(document: JsonObject, path: string, value: Json | undefined): JsonObject {
  return changed(document, path.split('.'), value, []);
}

function changed(
  object: JsonObject,
  [key = '', ...rest]: readonly string[],
  value: Json | undefined,
  above: readonly string[],
): JsonObject {
  const { [key]: present, ...others } = object;
  if (rest.length === 0) {
    if (value === undefined) return others;
    // A field that is there keeps its place among the others.
    return { ...object, [key]: value };
  }
  const inner = changed(isObject(present) ? present : {}, rest, value, [...above, key]);
  const isLeftOut = Object.keys(inner).length === 0 && !REQUIRED_OBJECTS.includes([...above, key].join('.'));
  // What was empty before the change is not for the form to remove.
  if (isLeftOut && !(isObject(present) && Object.keys(present).length === 0)) return others;
  return { ...object, [key]: inner };
}

export function textAt(document: JsonObject, path: string): string {
  const value = valueAt(document, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function listAt(document: JsonObject, path: string): readonly string[] {
  const value = valueAt(document, path);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** An empty text is no value. */
export const withText = (document: JsonObject, path: string, text: string): JsonObject =>
  withValue(document, path, text === '' ? undefined : text);

/** An empty list is no value. */
export const withList = (document: JsonObject, path: string, list: readonly string[]): JsonObject =>
  withValue(document, path, list.length === 0 ? undefined : list);

/** What was typed for a number. Text that is none stays, so that the API refuses it at its field. */
export function withNumber(document: JsonObject, path: string, text: string): JsonObject {
  const number = Number(text);
  return withValue(document, path, text.trim() === '' ? undefined : Number.isFinite(number) ? number : text);
}

/** A setting of the primary interface; undefined if the document leaves it open. */
export function interfaceFlag(document: JsonObject, key: string): boolean | undefined {
  const value = valueAt(document, `${INTERFACES}.0.${key}`);
  return typeof value === 'boolean' ? value : undefined;
}

export function withInterfaceFlag(document: JsonObject, key: string, value: boolean | undefined): JsonObject {
  if (interfaceFlag(document, key) === value) return document;
  const list = valueAt(document, INTERFACES);
  const [first, ...others] = Array.isArray(list) ? (list as readonly Json[]) : [];
  const { [key]: _before, ...kept } = isObject(first) ? first : { deviceIndex: 0 };
  const entry: JsonObject = value === undefined ? kept : { ...kept, [key]: value };
  const isEmpty = Object.entries(entry).every(([name, each]) => name === 'deviceIndex' || each === null);
  const entries = isEmpty && others.length === 0 ? undefined : [entry, ...others];
  return withValue(document, INTERFACES, entries);
}

/** "Public IP Assignment": whether a launch gives the primary interface a public IP. */
export type PublicIp = 'subnet' | 'associate' | 'none';

const FLAG_OF = { subnet: undefined, associate: true, none: false } as const;

export function publicIpOf(document: JsonObject): PublicIp {
  const flag = interfaceFlag(document, 'associatePublicIpAddress');
  if (flag === undefined) return 'subnet';
  return flag ? 'associate' : 'none';
}

export const withPublicIp = (document: JsonObject, choice: PublicIp): JsonObject =>
  withInterfaceFlag(document, 'associatePublicIpAddress', FLAG_OF[choice]);

/** The instance types in the order in which they are tried: preferred ones first, each once. */
export function instanceTypesOf(document: JsonObject): readonly string[] {
  const preferred = textAt(document, `${TYPES}.preferredType`);
  const all = [
    ...(preferred === '' ? [] : [preferred]),
    ...listAt(document, `${TYPES}.preferredTypes`),
    ...listAt(document, `${TYPES}.types`),
  ];
  return [...new Set(all)];
}

/** The document with these types in this order. Preferred ones stay preferred if they still come first. */
export function withInstanceTypes(document: JsonObject, types: readonly string[]): JsonObject {
  const preferred = textAt(document, `${TYPES}.preferredType`);
  const next = listAt(document, `${TYPES}.preferredTypes`);
  const staysFirst = preferred !== '' && types[0] === preferred;
  const before = new Set(staysFirst ? [preferred] : []);
  const others = [...new Set(next)].filter((type) => !before.has(type));
  const staysNext = others.every((type, index) => types[before.size + index] === type);
  const withoutFirst = staysFirst ? document : withValue(document, `${TYPES}.preferredType`, undefined);
  const withoutNext = staysNext ? withoutFirst : withValue(withoutFirst, `${TYPES}.preferredTypes`, undefined);
  return withList(withoutNext, `${TYPES}.types`, types);
}

/** The document in another VPC, of which it names no subnets and groups yet. */
export function withVpc(document: JsonObject, vpcId: string): JsonObject {
  if (textAt(document, 'compute.vpcId') === vpcId) return document;
  const placeless = ['compute.subnetIds', `${LAUNCH}.securityGroupIds`].reduce(
    (before, path) => withValue(before, path, undefined),
    document,
  );
  return withText(placeless, 'compute.vpcId', vpcId);
}

/** User data in clear text; undefined if it is not base64 of UTF-8 text, and so cannot be shown. */
export function userDataOf(document: JsonObject): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(textAt(document, `${LAUNCH}.userData`)), (each) => each.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function withUserData(document: JsonObject, text: string): JsonObject {
  const bytes = new TextEncoder().encode(text);
  return withText(
    document,
    `${LAUNCH}.userData`,
    btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join('')),
  );
}

/** The instance profile's name or ARN. */
export const roleOf = (document: JsonObject): string =>
  textAt(document, `${LAUNCH}.iamRole.arn`) || textAt(document, `${LAUNCH}.iamRole.name`);

export function withRole(document: JsonObject, role: string): JsonObject {
  if (role === roleOf(document)) return document;
  const given = role.startsWith('arn:') ? { arn: role } : { name: role };
  return withValue(document, `${LAUNCH}.iamRole`, role === '' ? undefined : given);
}

export interface Tag {
  readonly tagKey: string;
  readonly tagValue: string;
}

export function tagsOf(document: JsonObject): readonly Tag[] {
  const value = valueAt(document, `${LAUNCH}.tags`);
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.map((tag) => ({
    tagKey: isObject(tag) ? textAt(tag, 'tagKey') : '',
    tagValue: isObject(tag) ? textAt(tag, 'tagValue') : '',
  }));
}

export const withTags = (document: JsonObject, tags: readonly Tag[]): JsonObject =>
  withValue(document, `${LAUNCH}.tags`, tags.length === 0 ? undefined : tags.map((tag) => ({ ...tag })));

/** The document of a node, without what the API adds to it. */
export function documentIn({
  id: _id,
  createdAt: _createdAt,
  updatedAt: _updatedAt,
  ...document
}: JsonObject): JsonObject {
  return document;
}

export const jsonOf = (document: JsonObject): string => JSON.stringify(document, null, 2);
