/** Any one action of EC2 refused for good: the node says so within minutes in EC2's words, and nothing spins. */
import {
  EXECUTIONS_AN_HOUR,
  HOUR_SECONDS,
  isWhole,
  livingInstances,
  refuse,
  startedSince,
  TOLD_WITHIN_SECONDS,
  UNAUTHORIZED,
  WITH_RECONCILER,
} from './long-play';
import { plays, type Play } from './play';

const open = plays();

/** Every action that a step or the reconciler asks of EC2. */
const ACTIONS = [
  ...(['DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeAddresses', 'DescribeInstanceStatus'] as const),
  ...(['CreateNetworkInterface', 'DeleteNetworkInterface', 'ModifyNetworkInterfaceAttribute'] as const),
  ...(['AttachNetworkInterface', 'DetachNetworkInterface', 'AssociateAddress', 'DisassociateAddress'] as const),
  ...(['RunInstances', 'TerminateInstances', 'CreateTags', 'DeleteTags'] as const),
] as const;

const HAPPENINGS: Readonly<Record<string, (play: Play) => Promise<unknown>>> = {
  'an interruption': (play) => play.interrupt(),
  'a recycle': (play) => play.settle(play.service.act(play.nodeId, 'recycle')),
  'a pause': (play) => play.settle(play.service.act(play.nodeId, 'pause')),
};

const ROWS = ACTIONS.flatMap((action) =>
  (['cold', 'hot'] as const).flatMap((attachment) =>
    Object.keys(HAPPENINGS).map((happening) => ({ action, attachment, happening })),
  ),
);

/** Lets an hour pass. Answers whether the node was in ERROR with the sentence in its first quarter. */
async function isToldWithinAnHour(play: Play): Promise<boolean> {
  const everySeconds = 15;
  let isTold = false;
  for (let passed = 0; passed < HOUR_SECONDS; passed += everySeconds) {
    const { status, errorReason = '' } = await play.node();
    if (passed <= TOLD_WITHIN_SECONDS) isTold ||= status === 'ERROR' && errorReason.includes(UNAUTHORIZED.sentence);
    await play.passSeconds(everySeconds);
  }
  return isTold;
}

/** As it was asked to be, with nothing in the way. */
async function isAsAsked(play: Play): Promise<boolean> {
  const { status, operation, instance, errorReason } = await play.node();
  if (status !== 'PAUSED') return isWhole(play);
  return operation === undefined && instance === undefined && errorReason === undefined;
}

test.each(ROWS)('$action is refused, and $happening comes ($attachment)', async ({ action, attachment, happening }) => {
  const play = await open({ attachment, controlPlane: WITH_RECONCILER });
  const { identity } = await play.create();
  await play.passSeconds(120);
  refuse(play, action, UNAUTHORIZED);
  const from = play.clock.now();
  await HAPPENINGS[happening]!(play);

  const isTold = await isToldWithinAnHour(play);
  const isDone = await isAsAsked(play);
  expect({ isTold, isDone }).not.toEqual({ isTold: false, isDone: false });
  expect(startedSince(play, from).length).toBeLessThanOrEqual(EXECUTIONS_AN_HOUR);
  expect(play.interfaceIds()).toContain(identity.interfaceId);
  expect(livingInstances(play).length).toBeLessThanOrEqual(2);
});
