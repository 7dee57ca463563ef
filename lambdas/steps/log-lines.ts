/** What a step's outcome says in the node log. */
import { HoldfastError } from '../../domain/errors';
import type { LogSeverity } from '../../domain/node/node-log';
import type { StepEvent } from './step-event';

export interface Line {
  readonly severity: LogSeverity;
  readonly message: string;
}

/** A step's output: plain data. */
export type Output = Readonly<Record<string, unknown>>;

/** Undefined where the outcome says nothing that a reader of the log would miss. */
type Tell = (output: Output) => Line | undefined;

const TELL: Readonly<Record<StepEvent['step'], Tell>> = {
  'take-node': ({ taken, generation, reason, errorReason }) => {
    if (typeof errorReason === 'string') return { severity: 'ERROR', message: errorReason };
    return taken === true ? info(`operation ${String(generation)} begins: ${String(reason)}`) : undefined;
  },
  'adopt-instance': ({ instanceId }) => info(`${String(instanceId)} is adopted, and goes on until it is replaced`),
  'ensure-eni': ({ interfaceId }) => info(`interface ${String(interfaceId)} is in place`),
  'detach-eni': () => info('the interface is free'),
  'associate-eip': ({ publicIp }) =>
    typeof publicIp === 'string' ? info(`Elastic IP ${publicIp} is on the interface`) : undefined,
  'launch-instance': ({ outcome, waitSeconds }) => tellLaunch(outcome, waitSeconds),
  'drain-instance': () => undefined,
  'terminate-instance': ({ instanceId }) =>
    typeof instanceId === 'string' ? info(`terminating ${instanceId}`) : undefined,
  'await-instance': () => undefined,
  'attach-eni': ({ interfaceId, instanceId }) =>
    typeof instanceId === 'string' ? info(`interface ${String(interfaceId)} is attached to ${instanceId}`) : undefined,
  'confirm-node': ({ instanceId }) => info(`ACTIVE on ${String(instanceId)}`),
  'settle-pause': ({ keepsElasticIp }) =>
    info(`PAUSED: the interface and its addresses are kept${keepsElasticIp === false ? ', the Elastic IP apart' : ''}`),
  'apply-settings': ({ revision, status }) =>
    info(`settings of revision ${String(revision)} are applied; the node is ${String(status)}`),
  'release-identity': ({ left }) =>
    info(Array.isArray(left) && left.length > 0 ? `gone; left behind: ${left.join(', ')}` : 'gone; nothing is left'),
  'fail-operation': ({ errorReason }) => ({ severity: 'ERROR', message: String(errorReason) }),
  'wind-up': ({ started }) => (typeof started === 'string' ? info(`next: ${started}`) : undefined),
};

export function describeOutcome({ step }: StepEvent, output: Output): Line | undefined {
  return TELL[step](output);
}

/** What will be tried again by itself is only of interest to somebody who looks closely. */
export function describeError({ step }: StepEvent, error: unknown): Line {
  const message = `${step}: ${String(error)}`;
  const isTransient = error instanceof HoldfastError && error.category === 'transient';
  return isTransient ? { severity: 'DEBUG', message: `${message} (trying again)` } : { severity: 'WARN', message };
}

function tellLaunch(outcome: unknown, waitSeconds: unknown): Line {
  if (outcome === 'wait') {
    return { severity: 'WARN', message: `no pool has capacity; next try in ${String(waitSeconds)} s` };
  }
  return info(outcome === 'move' ? 'the next pool lies in another subnet' : 'an instance is launched');
}

function info(message: string): Line {
  return { severity: 'INFO', message };
}
