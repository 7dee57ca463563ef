/**
 * Validates a document before anything is made. Returns all field errors at once, each with its remedy. This file
 * checks the document alone; `node/validate-against-account.ts` checks it against the account.
 */
import { blockDeviceErrors, keptDevicesOf } from './block-devices';
import { withoutNulls } from './config-update';
import { documentSizeErrors } from './document-size';
import { textErrors } from './document-text';
import { check, type FieldError, type Wording } from './validation';
import { attachmentOf, instanceTypesOf, nodeDocumentSchema, tagKeysOf, type NodeDocument } from './node-config';
import { whyRefused } from './unsupported-fields';

export type { FieldError } from './validation';

export type Parsed =
  | { readonly kind: 'config'; readonly config: NodeDocument }
  | { readonly kind: 'invalid'; readonly fieldErrors: readonly FieldError[] };

const DOCUMENT: Wording = { whole: 'managedInstance', unknownField: whyRefused };

/**
 * Checks the document's size and text, and its fields against the schema and against each other. A `null` field counts
 * as absent. If the document is too large, nothing else is checked.
 */
export function parseConfig(document: unknown): Parsed {
  const given = withoutNulls(document);
  const tooLarge = documentSizeErrors(given);
  if (tooLarge.length > 0) return { kind: 'invalid', fieldErrors: tooLarge };
  const checked = check(nodeDocumentSchema, given, DOCUMENT);
  const found = checked.kind === 'invalid' ? checked.fieldErrors : contradictions(checked.value);
  const named = new Set(found.map(({ field }) => field));
  const fieldErrors = [...found, ...textErrors(given).filter(({ field }) => !isNamed(named, field))];
  return checked.kind === 'value' && fieldErrors.length === 0
    ? { kind: 'config', config: checked.value }
    : { kind: 'invalid', fieldErrors };
}

/** Whether the field, or an object or list that contains it, is named. */
function isNamed(fields: ReadonlySet<string>, field: string): boolean {
  const keys = field.split('.');
  return keys.some((_key, index) => fields.has(keys.slice(0, index + 1).join('.')));
}

function contradictions(document: NodeDocument): readonly FieldError[] {
  const { compute, persistence } = document;
  const assignsPublicIp = compute.launchSpecification.networkInterfaces?.[0]?.associatePublicIpAddress;
  const persistsPrivateIp = persistence.persistPrivateIp === true;
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      !persistsPrivateIp && compute.elasticIp === undefined,
      'persistence.persistPrivateIp',
      'must be true unless compute.elasticIp is given: a stateful node persists at least one address',
    ],
    [
      !persistsPrivateIp && compute.privateIp !== undefined,
      'compute.privateIp',
      'needs persistence.persistPrivateIp to be true',
    ],
    [
      // AWS assigns a public IP only to an interface that the launch makes. A persisted primary exists before.
      compute.elasticIp === undefined && assignsPublicIp === true && attachmentOf(document) === 'cold',
      'compute.launchSpecification.networkInterfaces.0.associatePublicIpAddress',
      'cannot be true for a persisted primary interface: give compute.elasticIp instead',
    ],
    [hasTwice(compute.subnetIds), 'compute.subnetIds', 'must not name a subnet twice'],
    [
      hasTwice(compute.launchSpecification.securityGroupIds ?? []),
      'compute.launchSpecification.securityGroupIds',
      'must not name a security group twice',
    ],
    [
      instanceTypesOf(document).length === 0,
      'compute.launchSpecification.instanceTypes',
      'must name at least one instance type: give types, preferredType or preferredTypes',
    ],
  ];
  return [
    ...rules.filter(([broken]) => broken).map(([, field, message]) => ({ field, message })),
    ...tagErrors(document),
    ...shutdownErrors(document),
    ...blockDeviceErrors(document),
  ];
}

function hasTwice(ids: readonly string[]): boolean {
  return new Set(ids).size < ids.length;
}

/** A resource has each key once; keys are case-sensitive. Source: EC2 User Guide, "Using_Tags". */
function tagErrors(document: NodeDocument): readonly FieldError[] {
  const keys = tagKeysOf(document);
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    if (first === index) return [];
    const field = `compute.launchSpecification.tags.${index}.tagKey`;
    return [{ field, message: `${key} is given at index ${first} already: remove one of the two` }];
  });
}

/** The OS shutdown writes the file system's cache. Without it, a volume that outlives its instance misses that data. */
function shutdownErrors(document: NodeDocument): readonly FieldError[] {
  const kept = keptDevicesOf(document);
  if (document.strategy?.skipOsShutdown !== true || kept.length === 0) return [];
  const why = `volumes outlive the instance (${kept.join(', ')}), and would miss what it has not written yet`;
  const remedy = 'remove skipOsShutdown, or set ebs.deleteOnTermination of these devices to true';
  return [{ field: 'strategy.skipOsShutdown', message: `cannot be true: ${why}: ${remedy}` }];
}
