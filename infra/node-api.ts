import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
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
import { describeStatement, leftVolumesStatement, originalsStatement } from './ec2-permissions';
import { HoldfastFunction } from './holdfast-function';
import type { NodeTable } from './node-table';
import { statusEventsStatement } from './status-events';
import { stateMachineArnPrefix, stateMachineArns } from './state-machine-arns';

/**
 * Who may call the API: `bearer`, whoever presents the token, as the clients of the contract do; `iam`, whoever
 * signs the request as a principal that may `execute-api:Invoke`.
 */
export type Authentication = 'bearer' | 'iam';

/** A host name of one's own for the API, with a certificate of the same Region. */
export interface ApiDomain {
  readonly domainName: string;
  readonly certificateArn: string;
}

export interface NodeApiProps {
  readonly table: NodeTable;
  /** The IAM roles that launched instances may be given. */
  readonly instanceRoleArns: readonly string[];
  /** @default bearer */
  readonly authentication?: Authentication | undefined;
  /** @default - the host name that API Gateway makes */
  readonly domain?: ApiDomain | undefined;
  /** Requests a second in the long run, over all clients; above it API Gateway answers 429. @default 100 */
  readonly throttlingRateLimit?: number | undefined;
  /** Requests at once. @default 200 */
  readonly throttlingBurstLimit?: number | undefined;
}

const DEFAULT_RATE_LIMIT = 100;
const DEFAULT_BURST_LIMIT = 200;

/** API Gateway waits for 30 s. The function gives up first, so that its log says what it was waiting for. */
const FUNCTION_TIMEOUT_SECONDS = 29;

/** What the API reads of EC2: whether the things that a document names are there, what a node is made of, and prices. */
const DESCRIBED = [
  'DescribeAddresses',
  'DescribeImages',
  'DescribeInstances',
  'DescribeInstanceTypes',
  'DescribeInternetGateways',
  'DescribeKeyPairs',
  'DescribeNetworkInterfaces',
  'DescribeSecurityGroups',
  'DescribeSnapshots',
  'DescribeSpotInstanceRequests',
  'DescribeSpotPriceHistory',
  'DescribeSubnets',
  'DescribeVolumes',
  'DescribeVpcs',
];

/**
 * The HTTP API, at the root of its host: one function behind one route, because the contract's answers, refusals
 * included, have an envelope that only the function can give them.
 */
export class NodeApi extends Construct {
  readonly url: string;
  /** Absent where requests are signed. */
  readonly token: ApiToken | undefined;
  /** Where the host name of one's own has to lead, as a CNAME or an alias. */
  readonly domainTarget: string | undefined;
  readonly function: HoldfastFunction;

  constructor(scope: Construct, id: string, props: NodeApiProps) {
    super(scope, id);
    const { authentication = 'bearer', domain } = props;
    this.token = authentication === 'bearer' ? new ApiToken(this, 'Token') : undefined;
    this.function = this.createFunction(props);
    const httpApi = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      description: 'The stateful nodes of Holdfast',
      createDefaultStage: false,
    });
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
    this.createStage(httpApi, domainName, props);
    this.url = domain === undefined ? httpApi.apiEndpoint : `https://${domain.domainName}`;
    this.domainTarget = domainName?.regionalDomainName;
  }

  private createFunction({ table, instanceRoleArns }: NodeApiProps): HoldfastFunction {
    const api = new HoldfastFunction(this, 'Function', {
      entry: 'lambdas/api/handler.ts',
      description: 'The HTTP API: checks requests, keeps node records, starts operations',
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      environment: {
        TABLE_NAME: table.table.tableName,
        STATE_MACHINE_ARN_PREFIX: stateMachineArnPrefix(this),
        // A request for any other is refused before anything is made.
        INSTANCE_ROLE_ARNS: instanceRoleArns.join(','),
        ...(this.token === undefined
          ? { API_AUTHENTICATION: 'iam' }
          : { API_TOKEN_SECRET_ARN: this.token.secret.secretArn }),
      },
    });
    table.grant(api, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query');
    this.token?.grantRead(api);
    const role = api.executionRole;
    role.addToPolicy(describeStatement(role, DESCRIBED));
    role.addToPolicy(leftVolumesStatement(role));
    role.addToPolicy(originalsStatement(role));
    // Prices are the same for everybody: IAM knows no resources for them.
    role.addToPolicy(new PolicyStatement({ actions: ['pricing:GetProducts'], resources: ['*'] }));
    // A wish starts an operation, or ends a drain that an operation waits for.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution', 'states:SendTaskSuccess'],
        resources: stateMachineArns(this),
      }),
    );
    role.addToPolicy(statusEventsStatement(this));
    return api;
  }

  private createDomainName({ domainName, certificateArn }: ApiDomain): DomainName {
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    return new DomainName(this, 'DomainName', { domainName, certificate });
  }

  private createStage(httpApi: HttpApi, domainName: DomainName | undefined, props: NodeApiProps): void {
    const accessLog = new LogGroup(this, 'AccessLog', {
      // Under this prefix log delivery needs no resource policy of its own, of which an account has ten.
      logGroupName: `/aws/vendedlogs/apis/${Stack.of(this).stackName}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi,
      // The stage of this name serves at the host's root, where clients of the contract look.
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

/** No header and no query: they may hold what must not be logged. */
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
      'The function checks the token itself: what an authorizer refuses is answered by API Gateway, without the ' +
      'envelope that clients of the contract need.',
  });
}
