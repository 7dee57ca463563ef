/** Maps errors of the DynamoDB client to the domain's errors. */
import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { ServiceUnavailable, Throttled } from '../../domain/errors';
import { isConnectionFailure } from './connection-failure';

const THROTTLING = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
]);

/**
 * Runs a call. If its condition fails, it returns or throws what `onConditionFailed` does. It is given the item that failed
 * the condition, if the call asks for it and there is one.
 * @throws Throttled @throws ServiceUnavailable
 */
export async function callDynamoDb<T>(
  call: () => Promise<T>,
  onConditionFailed?: (found: ConditionalCheckFailedException['Item']) => T,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && onConditionFailed !== undefined) {
      return onConditionFailed(error.Item);
    }
    if (isConnectionFailure(error)) throw new ServiceUnavailable('DynamoDB did not answer', { cause: error });
    if (!(error instanceof DynamoDBServiceException)) throw error;
    if (THROTTLING.has(error.name)) throw new Throttled(`DynamoDB answered ${error.name}`, { cause: error });
    if (error.$fault === 'server') throw new ServiceUnavailable(`DynamoDB answered ${error.name}`, { cause: error });
    throw error;
  }
}
