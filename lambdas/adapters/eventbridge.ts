/** Status changes on the account's default event bus, on the AWS SDK. */
import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Log } from '../monitoring/log';
import { EVENT_SOURCE, STATUS_CHANGE_DETAIL_TYPE, type StatusChange } from '../../domain/operation/status-change';

/** Announces a status change. */
export type Announce = (change: StatusChange) => Promise<void>;

/**
 * All deployments share the bus, so each event names its own.
 *
 * An event is only a hint: the record is written already, and the record is the truth. If the event cannot be sent, we
 * log it and lose it. To throw would run the step again that wrote the record.
 */
export function announceStatus(
  events: Pick<EventBridgeClient, 'send'>,
  deployment: string,
  log: Pick<Log, 'warn'>,
): Announce {
  return async (change) => {
    const Detail = JSON.stringify({ deployment, ...change });
    const entry = { Source: EVENT_SOURCE, DetailType: STATUS_CHANGE_DETAIL_TYPE, Detail };
    const [put] = await Promise.allSettled([events.send(new PutEventsCommand({ Entries: [entry] }))]);
    const isLost = put.status === 'rejected' || (put.value.FailedEntryCount ?? 0) > 0;
    if (!isLost) return;
    const { nodeId } = change;
    log.warn('status event lost', {
      nodeId,
      change,
      ...(put.status === 'rejected' && { error: put.reason as unknown }),
    });
  };
}
