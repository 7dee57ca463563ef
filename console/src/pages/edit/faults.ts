/** Which faults of the API's answer belong to which part of the form. */
import type { Fault } from '../../api/errors';
import type { Change } from './changes';

/** The faults of a field and of everything in it. */
export function faultsAt(faults: readonly Fault[], ...paths: readonly string[]): readonly Fault[] {
  return faults.filter(({ field }) => paths.some((path) => field === path || field?.startsWith(`${path}.`)));
}

export type Tab = 'configuration' | 'persistence' | 'review';

const OF_PERSISTENCE = ['persistence', 'compute.privateIp', 'compute.elasticIp'];
const NOT_IN_THE_FORM = ['scheduling', 'integrations', 'managedInstance'];

/** Where the reader finds the field. What no tab shows can be changed as JSON. */
export function tabOf({ field }: Fault): Tab {
  const isIn = (path: string): boolean => field === path || (field?.startsWith(`${path}.`) ?? false);
  if (field === undefined || NOT_IN_THE_FORM.some(isIn)) return 'review';
  return OF_PERSISTENCE.some(isIn) ? 'persistence' : 'configuration';
}

/** The message as a sentence about the field that shows it. */
export function sentence(message: string): string {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The faults that may still be true after the changes: not those of what was changed, or of what contains it. */
export function faultsAfter(faults: readonly Fault[], changes: readonly Change[]): readonly Fault[] {
  const isAbout = (field: string, path: string): boolean =>
    field === path || field.startsWith(`${path}.`) || path.startsWith(`${field}.`);
  return faults.filter(({ field }) => field === undefined || !changes.some(({ path }) => isAbout(field, path)));
}
