/**
 * Resolves the values of a CloudFormation template as a deployment would, with names and ARNs of an account that
 * does not exist. Values are resolved when they are read. A template may therefore hold values that cannot be resolved
 * here, as long as nothing that runs here reads them.
 */
import { isObject } from '../json';

export const ACCOUNT_ID = '123456789012';
export const REGION = 'us-east-1';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
}

/** A part of the template that the simulator needs cannot be read. */
export class UnreadableTemplate extends Error {
  override readonly name = 'UnreadableTemplate';
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackName': 'Holdfast',
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/Holdfast/local`,
  'AWS::URLSuffix': 'amazonaws.com',
};

interface Naming {
  /** The property that may give a name. @default - the name is an id that AWS generates */
  readonly property?: string;
  readonly arn: (name: string) => string;
  readonly ref: 'name' | 'arn';
}

const tableNaming: Naming = {
  property: 'TableName',
  arn: (name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${name}`,
  ref: 'name',
};

const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    arn: (name) => `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`,
    ref: 'name',
  },
  'AWS::StepFunctions::StateMachine': {
    property: 'StateMachineName',
    arn: (name) => `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:${name}`,
    ref: 'arn',
  },
  'AWS::Events::Rule': {
    property: 'Name',
    arn: (name) => `arn:aws:events:${REGION}:${ACCOUNT_ID}:rule/${name}`,
    ref: 'name',
  },
  'AWS::IAM::Role': {
    property: 'RoleName',
    arn: (name) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`,
    ref: 'name',
  },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    arn: (name) => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`,
    ref: 'name',
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    arn: (name) => `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${name}:*`,
    ref: 'name',
  },
  'AWS::DynamoDB::Table': tableNaming,
  'AWS::DynamoDB::GlobalTable': tableNaming,
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    // Secrets Manager appends six characters of its own.
    arn: (name) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${name}-AbCdEf`,
    ref: 'arn',
  },
  // AWS identifies these by a generated id, never by their names.
  'AWS::ApiGatewayV2::Api': { arn: (id) => `arn:aws:apigateway:${REGION}::/apis/${id}`, ref: 'name' },
  'AWS::ApiGatewayV2::Integration': { arn: (id) => `arn:aws:apigateway:${REGION}::/integrations/${id}`, ref: 'name' },
};

export class TemplateValues {
  constructor(private readonly template: CloudFormationTemplate) {}

  /** The resource's name: the one given, or its logical id. CloudFormation would append a suffix to the latter. */
  nameOf(logicalId: string): string {
    const { resource, naming } = this.named(logicalId);
    const given = naming.property === undefined ? undefined : resource.Properties?.[naming.property];
    return given === undefined ? logicalId : this.text(given);
  }

  arnOf(logicalId: string): string {
    return this.named(logicalId).naming.arn(this.nameOf(logicalId));
  }

  text(value: unknown): string {
    const resolved = this.resolve(value);
    if (typeof resolved === 'string') return resolved;
    throw new UnreadableTemplate(`Not a string: ${JSON.stringify(value)}`);
  }

  /** The value with every intrinsic function in it resolved. @throws UnreadableTemplate */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (!isObject(value)) return value;
    const [[key, argument] = []] = Object.entries(value);
    if (key !== undefined && (key === 'Ref' || key.startsWith('Fn::'))) return this.call(key, argument);
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, this.resolve(field)]));
  }

  private call(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(String(argument));
      case 'Fn::GetAtt':
        return this.attribute(Array.isArray(argument) ? argument.map(String) : String(argument).split('.'));
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => this.text(part)).join(separator);
      }
      case 'Fn::Sub':
        return this.substitute(argument);
      default:
        throw new UnreadableTemplate(`${name} cannot be resolved here: ${JSON.stringify(argument)}`);
    }
  }

  private substitute(argument: unknown): string {
    const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (name in variables) return this.text(variables[name]);
      return this.text(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name });
    });
  }

  private ref(name: string): unknown {
    const pseudo = PSEUDO_PARAMETERS[name];
    if (pseudo !== undefined) return pseudo;
    const parameter = this.template.Parameters?.[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    return this.named(name).naming.ref === 'arn' ? this.arnOf(name) : this.nameOf(name);
  }

  private attribute([logicalId = '', attribute = '']: readonly string[]): string {
    if (attribute === 'Arn') return this.arnOf(logicalId);
    if (attribute === 'Name' || attribute === 'QueueName') return this.nameOf(logicalId);
    throw new UnreadableTemplate(`Attribute ${attribute} of ${logicalId} cannot be resolved here`);
  }

  private named(logicalId: string): { readonly resource: Resource; readonly naming: Naming } {
    const resource = this.template.Resources[logicalId];
    if (resource === undefined) throw new UnreadableTemplate(`The template has no resource ${logicalId}`);
    const naming = NAMING[resource.Type];
    if (naming === undefined)
      throw new UnreadableTemplate(`${logicalId}: names and ARNs of ${resource.Type} are not supported`);
    return { resource, naming };
  }
}
