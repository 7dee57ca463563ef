/** EC2 refuses one action for good: the node says so within minutes in EC2's words, and nothing loops. */
import { EC2_ACTIONS } from '../../../fault-simulation/scenario/scenario';
import {
  EXECUTIONS_AN_HOUR,
  HOUR_SECONDS,
  isWhole,
  livingInstances,
  refuse,
  startedSince,
  REPORTED_WITHIN_SECONDS,
  UNAUTHORIZED,
  WITH_RECONCILER,
} from '../long-play';
import { plays, type Play } from '../play';

const open = plays();

const TRIGGERS: Readonly<Record<string, (play: Play) => Promise<unknown>>> = {
  'an interruption': (play) => play.interrupt(),
  'a recycle': (play) => play.settle(play.service.act(play.nodeId, 'recycle')),
  'a pause': (play) => play.settle(play.service.act(play.nodeId, 'pause')),
};

const ROWS = EC2_ACTIONS.flatMap((action) =>
  (['cold', 'hot'] as const).flatMap((attachment) =>
    Object.keys(TRIGGERS).map((trigger) => ({ action, attachment, trigger })),
  ),
);

/** Lets an hour pass. Returns whether the node was in ERROR with EC2's sentence within the first quarter. */
async function isReportedInTime(play: Play): Promise<boolean> {
  const everySeconds = 15;
  let isReported = false;
  for (let passed = 0; passed < HOUR_SECONDS; passed += everySeconds) {
    const { status, errorReason = '' } = await play.node();
    if (passed <= REPORTED_WITHIN_SECONDS)
      isReported ||= status === 'ERROR' && errorReason.includes(UNAUTHORIZED.sentence);
    await play.passSeconds(everySeconds);
  }
  return isReported;
}

/** Whether the node is as asked: ACTIVE and whole, or PAUSED and at rest. */
async function isAsAsked(play: Play): Promise<boolean> {
  const { status, operation, instance, errorReason } = await play.node();
  if (status !== 'PAUSED') return isWhole(play);
  return operation === undefined && instance === undefined && errorReason === undefined;
}

test.each(ROWS)('$action is refused during $trigger ($attachment)', async ({ action, attachment, trigger }) => {
  const play = await open({ attachment, controlPlane: WITH_RECONCILER });
  const { identity } = await play.create();
  await play.passSeconds(120);
  refuse(play, action, UNAUTHORIZED);
  const from = play.clock.now();
  await TRIGGERS[trigger]!(play);

  const isReported = await isReportedInTime(play);
  const isDone = await isAsAsked(play);
  expect({ isReported, isDone }).not.toEqual({ isReported: false, isDone: false });
  expect(startedSince(play, from).length).toBeLessThanOrEqual(EXECUTIONS_AN_HOUR);
  expect(play.interfaceIds()).toContain(identity.interfaceId);
  expect(livingInstances(play).length).toBeLessThanOrEqual(2);
});
