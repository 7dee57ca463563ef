/** Maps errors of the DynamoDB client to the domain's errors. */
import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { ServiceUnavailable, Throttled } from '../../domain/errors';
import { isConnectionFailure } from './connection-failure';

const THROTTLING = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
]);
/** Why DynamoDB cancels a transaction that may be made later. */
const CANCELLED_FOR_NOW = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError', 'TransactionConflict']);
const CONDITION_FAILED = 'ConditionalCheckFailed';

/**
 * @param found the item that failed the condition, if the call asks for it and there is one
 * @param failed for a transaction: of each of its items, whether its condition failed
 */
type OnConditionFailed<T> = (found: ConditionalCheckFailedException['Item'], failed?: readonly boolean[]) => T;

/**
 * Runs a call. If its condition fails, it returns or throws what `onConditionFailed` does.
 * @param tries how often a transaction is made while another one has one of its items
 * @throws Throttled @throws ServiceUnavailable
 */
export async function callDynamoDb<T>(
  call: () => Promise<T>,
  onConditionFailed?: OnConditionFailed<T>,
  tries = 1,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && onConditionFailed !== undefined) {
      return onConditionFailed(error.Item);
    }
    if (error instanceof TransactionCanceledException) {
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
      const isForNow = codes.some((code) => CANCELLED_FOR_NOW.has(code));
      if (onConditionFailed !== undefined && codes.includes(CONDITION_FAILED)) {
        return onConditionFailed(
          undefined,
          codes.map((code) => code === CONDITION_FAILED),
        );
      }
      if (isForNow && tries > 1) return callDynamoDb(call, onConditionFailed, tries - 1);
      if (isForNow) throw new Throttled(`DynamoDB cancelled a transaction: ${codes.join(', ')}`, { cause: error });
    }
    throw asHoldfastError(error);
  }
}

function asHoldfastError(error: unknown): unknown {
  if (isConnectionFailure(error)) return new ServiceUnavailable('DynamoDB did not answer', { cause: error });
  if (!(error instanceof DynamoDBServiceException)) return error;
  if (THROTTLING.has(error.name)) return new Throttled(`DynamoDB answered ${error.name}`, { cause: error });
  if (error.$fault === 'server') return new ServiceUnavailable(`DynamoDB answered ${error.name}`, { cause: error });
  return error;
}
