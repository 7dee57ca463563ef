/**
 * The one function that runs every step of every operation. So a replacement has at most one cold start, and none while
 * the address is detached. Each step has its own file.
 */
import { createPorts } from '../adapters/create-ports';
import type { Ports } from '../ports';
import { lambdaHandler, type CreateHandler, type Runtime } from '../runtime';
import { adoptInstance, describeAdopted } from './adopt-instance';
import { applySettings, describeSettled } from './apply-settings';
import { associateEip, describeAssociated } from './associate-eip';
import { attachEni, describeAttached } from './attach-eni';
import { awaitInstance } from './await-instance';
import { confirmNode, describeConfirmed } from './confirm-node';
import { describeDetached, detachEni } from './detach-eni';
import { drainInstance } from './drain-instance';
import { describeEnsured, ensureEni } from './ensure-eni';
import { describeFailed, failOperation } from './fail-operation';
import { describeLaunched, launchInstance } from './launch-instance';
import { describeError, logged, unlogged, type LoggedStep, type LogLine, type Outcome } from './log-lines';
import { stepEvent, type StepEvent } from './step-event';
import { describeReleased, releaseIdentity } from './release-identity';
import { describePauseSettled, settlePause } from './settle-pause';
import { describeTaken, takeNode } from './take-node';
import { describeTerminated, terminateInstance } from './terminate-instance';
import { describeWoundUp, windUp } from './wind-up';

export const createHandler: CreateHandler = (runtime) => {
  const ports = createPorts(runtime);
  return async (event) => {
    const parsed = stepEvent.parse(event);
    try {
      const { output, line } = await run(ports, parsed);
      runtime.log({ ...about(parsed), output });
      await tell(runtime, ports, nodeIdIn(parsed, output), line);
      return output;
    } catch (error) {
      runtime.log({ ...about(parsed), error: String(error) });
      await tell(runtime, ports, nodeIdIn(parsed), describeError(parsed.step, error));
      throw error;
    }
  };
};

export const handler = lambdaHandler(createHandler);

function about(event: StepEvent): Readonly<Record<string, unknown>> {
  return { step: event.step, nodeId: nodeIdIn(event) };
}

/** The first step learns its node only from its output. If the instance is not ours, there is no node log to write. */
function nodeIdIn(event: StepEvent, output: object = {}): string | undefined {
  if ('nodeId' in event) return event.nodeId;
  return 'nodeId' in output && typeof output.nodeId === 'string' ? output.nodeId : undefined;
}

/** The step's own outcome decides what happens next, whether or not the node log can be written. */
async function tell(
  runtime: Runtime,
  { log, time }: Ports,
  nodeId: string | undefined,
  line: LogLine | undefined,
): Promise<void> {
  if (nodeId === undefined || line === undefined) return;
  const [written] = await Promise.allSettled([log.append(nodeId, { createdAt: time.now().toISOString(), ...line })]);
  if (written.status === 'rejected') runtime.log({ nodeId, line, error: String(written.reason) });
}

type EventOf<Name extends StepEvent['step']> = Extract<StepEvent, { readonly step: Name }>;

/** Every step by its name, with the line that it writes to the node log. */
const STEPS: { readonly [Name in StepEvent['step']]: LoggedStep<EventOf<Name>> } = {
  'take-node': logged(takeNode, describeTaken),
  'adopt-instance': logged(adoptInstance, describeAdopted),
  'ensure-eni': logged(ensureEni, describeEnsured),
  'detach-eni': logged(detachEni, describeDetached),
  'attach-eni': logged(attachEni, describeAttached),
  'associate-eip': logged(associateEip, describeAssociated),
  'launch-instance': logged(launchInstance, describeLaunched),
  'drain-instance': unlogged(drainInstance),
  'terminate-instance': logged(terminateInstance, describeTerminated),
  'await-instance': unlogged(awaitInstance),
  'confirm-node': logged(confirmNode, describeConfirmed),
  'settle-pause': logged(settlePause, describePauseSettled),
  'apply-settings': logged(applySettings, describeSettled),
  'release-identity': logged(releaseIdentity, describeReleased),
  'wind-up': logged(windUp, describeWoundUp),
  'fail-operation': logged(failOperation, describeFailed),
};

async function run<Name extends StepEvent['step']>(ports: Ports, event: EventOf<Name>): Promise<Outcome> {
  const step: LoggedStep<EventOf<Name>> = STEPS[event.step];
  return step(ports)(event);
}
