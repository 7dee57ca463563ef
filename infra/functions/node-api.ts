import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  DomainName,
  HttpApi,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ApiToken } from './api-token';
import {
  describeStatement,
  leftInterfacesStatement,
  leftVolumesStatement,
  originalsStatement,
  READ_BY_VALIDATION,
} from './ec2-permissions';
import { HoldfastFunction } from './holdfast-function';
import { WebConsole } from './web-console';
import { deploymentName } from '../deployment-name';
import { LIST_INDEX } from '../../domain/records/node-index';
import type { NodeTable } from '../node-table';
import { statusEventsStatement } from '../events/status-events';
import { executionArns, stateMachineArnPrefix, stateMachineArns } from '../workflows/state-machine-arns';

/**
 * Who may call the API. `bearer`: any caller with the token, as the API contract says. `iam`: any caller that signs the
 * request as a principal that may `execute-api:Invoke`.
 */
export type Authentication = 'bearer' | 'iam';

/** A custom host name for the API, with a certificate in the same Region. */
export interface ApiDomain {
  readonly domainName: string;
  readonly certificateArn: string;
}

export interface NodeApiProps {
  readonly table: NodeTable;
  /** The IAM roles that launched instances may be given. */
  readonly instanceRoleArns: readonly string[];
  /** Whether instances that Holdfast did not launch can become nodes. */
  readonly imports: boolean;
  /** The accounts that share subnets and security groups with this one. */
  readonly subnetOwnerAccounts: readonly string[];
  /** @default bearer */
  readonly authentication?: Authentication | undefined;
  /** @default - the host name from API Gateway */
  readonly domain?: ApiDomain | undefined;
  /** Average requests a second, over all clients. Above it API Gateway answers 429. @default 100 */
  readonly throttlingRateLimit?: number | undefined;
  /** Requests at once. @default 200 */
  readonly throttlingBurstLimit?: number | undefined;
  /** Whether the web console is served at `/console`. @default true */
  readonly console?: boolean | undefined;
}

const DEFAULT_RATE_LIMIT = 100;
const DEFAULT_BURST_LIMIT = 200;

/** API Gateway waits for 30 s. The function times out first, so that its log says what it was waiting for. */
const FUNCTION_TIMEOUT_SECONDS = 29;

/**
 * What the API reads from EC2: whether the things that a document names exist, what a node consists of, prices, and what there
 * is to choose from.
 */
const DESCRIBED = [
  ...READ_BY_VALIDATION,
  'DescribeAvailabilityZones',
  'DescribeRegions',
  'DescribeSpotInstanceRequests',
  'DescribeSpotPriceHistory',
  'DescribeVolumes',
].sort((one, other) => one.localeCompare(other));

/**
 * The HTTP API, at the root of its host. One function behind one route serves it, because every response of the
 * contract, errors included, has an envelope that only the function can write.
 */
export class NodeApi extends Construct {
  readonly url: string;
  /** Absent if requests are signed. */
  readonly token: ApiToken | undefined;
  /** Absent if no console is served. */
  readonly console: WebConsole | undefined;
  /** The target of the custom host name's CNAME or alias record. */
  readonly domainTarget: string | undefined;
  readonly function: HoldfastFunction;
  readonly httpApi: HttpApi;

  constructor(scope: Construct, id: string, props: NodeApiProps) {
    super(scope, id);
    const { authentication = 'bearer', domain } = props;
    this.token = authentication === 'bearer' ? new ApiToken(this, 'Token') : undefined;
    this.function = this.createFunction(props);
    this.httpApi = new HttpApi(this, 'HttpApi', {
      apiName: deploymentName(this),
      description: 'The stateful nodes of Holdfast',
      createDefaultStage: false,
    });
    const { httpApi } = this;
    const route = new HttpRoute(this, 'Route', {
      httpApi,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration('Integration', this.function, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      }),
      authorizer: authentication === 'iam' ? new HttpIamAuthorizer() : new HttpNoneAuthorizer(),
    });
    if (authentication === 'bearer') acknowledgeOwnAuthentication(route);
    const domainName = domain && this.createDomainName(domain);
    const stage = this.createStage(httpApi, domainName, props);
    this.url = domain === undefined ? httpApi.apiEndpoint : `https://${domain.domainName}`;
    const { console: hasConsole = true } = props;
    this.console = hasConsole ? new WebConsole(scope, 'Console', { httpApi, stage, apiUrl: this.url }) : undefined;
    this.domainTarget = domainName?.regionalDomainName;
  }

  private createFunction(props: NodeApiProps): HoldfastFunction {
    const { table, instanceRoleArns, subnetOwnerAccounts, imports } = props;
    const api = new HoldfastFunction(this, 'Function', {
      entry: 'lambdas/api/handler.ts',
      description: 'The HTTP API: checks requests, keeps node records, starts operations',
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      environment: {
        TABLE_NAME: table.table.tableName,
        STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this),
        // The API refuses a document with any other role before it makes anything.
        INSTANCE_ROLE_ARNS: instanceRoleArns.join(','),
        ...(subnetOwnerAccounts.length > 0 && { SUBNET_OWNER_ACCOUNTS: subnetOwnerAccounts.join(',') }),
        ...(!imports && { IMPORTS: 'off' }),
        ...(this.token === undefined
          ? { API_AUTHENTICATION: 'iam' }
          : { API_TOKEN_SECRET_ARN: this.token.secret.secretArn }),
      },
    });
    table.grant(api, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query');
    table.grantIndex(api, LIST_INDEX);
    this.token?.grantRead(api);
    const role = api.executionRole;
    role.addToPolicy(describeStatement(role, DESCRIBED));
    role.addToPolicy(leftVolumesStatement(role));
    role.addToPolicy(leftInterfacesStatement(role));
    if (imports) role.addToPolicy(originalsStatement(role));
    // IAM has no resource types for prices, which are the same for every account, nor for metrics.
    role.addToPolicy(
      new PolicyStatement({ actions: ['cloudwatch:GetMetricData', 'pricing:GetProducts'], resources: ['*'] }),
    );
    // A user intent starts an operation, or ends a drain that an operation waits for.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution', 'states:SendTaskSuccess'],
        resources: stateMachineArns(this),
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['states:GetExecutionHistory'], resources: executionArns(role) }));
    role.addToPolicy(statusEventsStatement(this));
    return api;
  }

  private createDomainName({ domainName, certificateArn }: ApiDomain): DomainName {
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    return new DomainName(this, 'DomainName', { domainName, certificate });
  }

  private createStage(httpApi: HttpApi, domainName: DomainName | undefined, props: NodeApiProps): HttpStage {
    const accessLog = new LogGroup(this, 'AccessLog', {
      // With this prefix, log delivery needs no resource policy of its own. An account may have only ten of them.
      logGroupName: `/aws/vendedlogs/apis/${deploymentName(this)}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new HttpStage(this, 'Stage', {
      httpApi,
      // A stage with this name serves at the host's root, where clients of the contract call it.
      stageName: '$default',
      autoDeploy: true,
      throttle: {
        rateLimit: props.throttlingRateLimit ?? DEFAULT_RATE_LIMIT,
        burstLimit: props.throttlingBurstLimit ?? DEFAULT_BURST_LIMIT,
      },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
      ...(domainName && { domainMapping: { domainName } }),
    });
  }
}

/** No headers and no query: they may contain secrets. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
};

function acknowledgeOwnAuthentication(route: HttpRoute): void {
  Validations.of(route).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason:
      'The function checks the token itself. If an authorizer refused a request, API Gateway would answer without the ' +
      'envelope that clients of the contract need.',
  });
}
