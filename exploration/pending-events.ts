/** The events that EventBridge has yet to deliver. */
import { nowIn, type PendingEvent, type State } from './state';

/** Those that are not held up. */
export function deliverable(state: State): readonly PendingEvent[] {
  const now = nowIn(state);
  return state.events.filter(({ heldUntil }) => heldUntil === undefined || heldUntil <= now);
}

export function removeEvent(state: State, eventId: string): void {
  state.events = state.events.filter(({ id }) => id !== eventId);
}

/** The event that EventBridge sends two minutes before EC2 interrupts an instance. */
export function warningOf(instanceId: string, at: string) {
  return {
    source: 'aws.ec2',
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    time: at,
    detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
  };
}
