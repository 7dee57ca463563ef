/** What an import asks for, and what it means: docs/api.md, "Import an instance". */
import type { JsonObject } from '../edit/document';

export type AddressChoice = 'same' | 'new';

/** The address is what people import for; its consequence is said beside it. */
export const NEW_IMPORT: JsonObject = { shouldKeepPrivateIp: true, shouldTerminateInstance: true };

/** The same private IP needs the end of the instance. With a new one, nothing ends unless it is asked for. */
export function withAddressChoice(request: JsonObject, choice: AddressChoice): JsonObject {
  const keeps = choice === 'same';
  return { ...request, shouldKeepPrivateIp: keeps, shouldTerminateInstance: keeps };
}

export function consequenceOf({ shouldKeepPrivateIp, shouldTerminateInstance }: JsonObject): string {
  const disks =
    'New disks are made from the image. The disks of the instance are kept or deleted with it, as their deleteOnTermination says.';
  if (shouldKeepPrivateIp === true) {
    return (
      'The instance is terminated before the replacement is launched, and the address is not reachable in between. ' +
      `What is only in its memory is lost. ${disks}`
    );
  }
  return shouldTerminateInstance === true
    ? `The instance keeps running until the node's own runs with an address of its own. Then it is terminated. ${disks}`
    : 'The instance is left as it is. The node runs beside it with an address of its own.';
}

/** The states of an import that goes well, in their order. */
export const IMPORT_STATES = ['MIGRATE_START', 'MIGRATE_ADOPT', 'MIGRATE_REPLACE', 'MIGRATE_FINISH'] as const;

export type StepState = 'done' | 'under-way' | 'failed' | 'cancelled' | 'to-come';

export interface ImportStep {
  readonly title: string;
  readonly description: string;
  readonly state: StepState;
}

const TITLES: Readonly<Record<(typeof IMPORT_STATES)[number], readonly [title: string, description: string]>> = {
  MIGRATE_START: ['Accept', 'Nothing has been changed.'],
  MIGRATE_ADOPT: [
    'Adopt',
    'The instance keeps running. It is tagged as the node’s, and its interface is set to outlive it.',
  ],
  MIGRATE_REPLACE: [
    'Replace',
    'An instance of the node takes its place. From here on, the import cannot be cancelled.',
  ],
  MIGRATE_FINISH: ['Finish', 'The node runs on an instance of its own.'],
};

/** @param reached the last of the good states that was seen, for an import that has ended otherwise */
export function stepsOf(state: string, reached: string): readonly ImportStep[] {
  const isEnded = state === 'MIGRATE_ERROR' || state === 'MIGRATE_CANCEL';
  const at = IMPORT_STATES.findIndex((each) => each === (isEnded ? reached : state));
  return IMPORT_STATES.map((each, index) => {
    const [title, description] = TITLES[each];
    return { title, description, state: stateOf(index, at, state) };
  });
}

function stateOf(index: number, at: number, state: string): StepState {
  if (index < at || state === 'MIGRATE_FINISH') return 'done';
  if (index > at) return 'to-come';
  if (state === 'MIGRATE_ERROR') return 'failed';
  return state === 'MIGRATE_CANCEL' ? 'cancelled' : 'under-way';
}

export const isMoving = (state: string): boolean =>
  ['MIGRATE_START', 'MIGRATE_ADOPT', 'MIGRATE_REPLACE'].includes(state);

/** Nothing that cannot be taken back has happened yet. */
export const canCancel = (state: string): boolean => ['MIGRATE_START', 'MIGRATE_ADOPT'].includes(state);
