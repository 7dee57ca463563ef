/**
 * STS, simulated at the SDK's `send()`: it says who calls.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

export class LocalCallerIdentity {
  readonly client: Pick<STSClient, 'send'>;

  constructor(accountId: string, userName: string) {
    const identity = { Account: accountId, Arn: `arn:aws:iam::${accountId}:user/${userName}`, UserId: 'AIDAEXAMPLE' };
    this.client = {
      send: async (command: unknown) => {
        if (command instanceof GetCallerIdentityCommand) return { ...identity, $metadata: {} };
        throw new Error(`${(command as object).constructor.name} is not supported by the local STS`);
      },
    };
  }
}
