/** Every step by its name. The steps function calls them here; a caller may bring ports of its own. */
import type { Ports } from '../ports';
import { adoptInstance, describeAdopted } from './adopt-instance';
import { applySettings, describeSettled } from './apply-settings';
import { associateEip, describeAssociated } from './associate-eip';
import { attachEni, describeAttached } from './attach-eni';
import { awaitInstance } from './await-instance';
import { awaitTermination } from './await-termination';
import { confirmNode, describeConfirmed } from './confirm-node';
import { describeDetached, detachEni } from './detach-eni';
import { describeDrain, drainInstance } from './drain-instance';
import { describeEnsured, ensureEni } from './ensure-eni';
import { describeFailed, failOperation } from './fail-operation';
import { describeLaunched, launchInstance } from './launch-instance';
import { describeReleased, releaseIdentity } from './release-identity';
import { describePauseSettled, settlePause } from './settle-pause';
import { describeTaken, takeNode } from './take-node';
import { describeTerminated, terminateInstance } from './terminate-instance';
import { describeWoundUp, windUp } from './wind-up';
import { logged, waits, type LoggedStep, type Outcome } from './log-lines';
import type { StepEvent } from './step-event';

type EventOf<Name extends StepEvent['step']> = Extract<StepEvent, { readonly step: Name }>;

/** Each with the line that it writes to the node log. */
const STEPS: { readonly [Name in StepEvent['step']]: LoggedStep<EventOf<Name>> } = {
  'take-node': logged(takeNode, describeTaken),
  'adopt-instance': logged(adoptInstance, describeAdopted),
  'ensure-eni': logged(ensureEni, describeEnsured),
  'detach-eni': logged(detachEni, describeDetached),
  'attach-eni': logged(attachEni, describeAttached),
  'associate-eip': logged(associateEip, describeAssociated),
  'launch-instance': logged(launchInstance, describeLaunched),
  'drain-instance': waits(drainInstance, describeDrain),
  'terminate-instance': logged(terminateInstance, describeTerminated),
  'await-termination': logged(awaitTermination, describeTerminated),
  'await-instance': waits(awaitInstance),
  'confirm-node': logged(confirmNode, describeConfirmed),
  'settle-pause': logged(settlePause, describePauseSettled),
  'apply-settings': logged(applySettings, describeSettled),
  'release-identity': logged(releaseIdentity, describeReleased),
  'wind-up': logged(windUp, describeWoundUp),
  'fail-operation': logged(failOperation, describeFailed),
};

/**
 * Runs what an event asks for, and returns the output of its step. The step that ends the operation is followed by the wind-up:
 * a state of its own would be one more transition of every operation. If the wind-up fails, the next try finds that the operation
 * has ended, and the state machine winds it up.
 */
export async function withWindUp(event: StepEvent, run: (event: StepEvent) => Promise<object>): Promise<object> {
  const output = await run(event);
  // For the record of the operation, the visit of the state was that of the step.
  if (endsOperation(event)) await run({ ...event, step: 'wind-up', stateName: undefined, enteredAt: undefined });
  return output;
}

/** A failure ends the operation, too. It is rare, so it has a state for its wind-up. */
const ENDING_STEPS = ['confirm-node', 'settle-pause', 'apply-settings'] as const;

function endsOperation(event: StepEvent): event is EventOf<(typeof ENDING_STEPS)[number]> {
  return ENDING_STEPS.some((step) => step === event.step);
}

/** @throws what the step throws */
export async function runStep<Name extends StepEvent['step']>(ports: Ports, event: EventOf<Name>): Promise<Outcome> {
  const step: LoggedStep<EventOf<Name>> = STEPS[event.step];
  return step(ports)(event);
}
