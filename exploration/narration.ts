/** How actions are told to a person. */
import type { Call } from './coroutine';
import type { PendingEvent, Process } from './state';

/** A function and the call that it makes. */
export function describeCall(process: Process, call: Call): string {
  return `${nameOf(process)}: ${describe(call)}`;
}

export function nameOf({ work }: Process): string {
  switch (work.kind) {
    case 'step':
      return stepName(work.event);
    case 'wake':
      return 'wake-waiter';
    case 'reconcile':
      return 'reconciler';
    case 'api':
      return `API ${work.wish.kind}`;
  }
}

function stepName(event: unknown): string {
  return typeof event === 'object' && event !== null && 'step' in event ? String(event.step) : 'step';
}

export function describeEvent(event: PendingEvent): string {
  switch (event.kind) {
    case 'state':
      return `"${event.instanceId} is ${event.state}"`;
    case 'warning':
      return `"${event.instanceId} will be interrupted"`;
    case 'look':
      return '"an execution failed, or a call took something away"';
  }
}

function describe({ port, method, args }: Call): string {
  if (port === 'time') return 'sleeps';
  const [first] = args;
  const what = typeof first === 'string' ? first : idOf(first);
  return [port, method, what].filter((part) => part !== '').join(' ');
}

function idOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const named = ['clientToken', 'address', 'id'].find((key) => key in value);
  return named === undefined ? '' : String((value as Readonly<Record<string, unknown>>)[named]);
}
