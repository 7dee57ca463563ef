/**
 * The Parameter Store of Systems Manager, simulated at the SDK's `send()`: public parameters, which clients can read.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
 */
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';

export class LocalParameters {
  readonly client: Pick<SSMClient, 'send'>;

  constructor(private readonly values: Readonly<Record<string, string>>) {
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  private perform(command: unknown): object {
    if (!(command instanceof GetParameterCommand)) {
      throw new Error(`${(command as object).constructor.name} is not supported by the local Parameter Store`);
    }
    const { Name = '' } = command.input;
    const value = this.values[Name];
    if (value === undefined) {
      throw new ParameterNotFound({ message: `Parameter ${Name} not found.`, $metadata: { httpStatusCode: 400 } });
    }
    return { Parameter: { Name, Type: 'String', Value: value, Version: 1 }, $metadata: {} };
  }
}
