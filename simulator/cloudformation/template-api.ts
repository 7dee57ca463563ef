/**
 * Reads the HTTP API of the template: one route, `$default`, on one stage, `$default`, to one function. Everything else
 * that API Gateway supports (other routes, CORS, authorizers) is refused, because it is not simulated.
 */
import { UnreadableTemplate, type Resource, type TemplateValues } from './template-values';

export interface ApiDefinition {
  readonly apiId: string;
  readonly functionArn: string;
  /** The size of the token bucket in requests, and its refill rate. Absent: no limit. */
  readonly throttling: { readonly burst: number; readonly ratePerSecond: number } | undefined;
}

const API = 'AWS::ApiGatewayV2::Api';
const INTEGRATION = 'AWS::ApiGatewayV2::Integration';
const ROUTE = 'AWS::ApiGatewayV2::Route';
const STAGE = 'AWS::ApiGatewayV2::Stage';
/** A custom domain changes the host name and nothing else. */
const HOST_NAMES = ['AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::ApiMapping'];
export const API_TYPES = [API, INTEGRATION, ROUTE, STAGE, ...HOST_NAMES];

/** The values that each property may have. Undefined: any value, because it has no effect here. */
type SupportedProperties = Readonly<Record<string, readonly unknown[] | undefined>>;

const SUPPORTED: Readonly<Record<string, SupportedProperties>> = {
  [API]: { Name: undefined, Description: undefined, Tags: undefined, ProtocolType: ['HTTP'] },
  [INTEGRATION]: {
    ApiId: undefined,
    IntegrationUri: undefined,
    IntegrationType: ['AWS_PROXY'],
    PayloadFormatVersion: ['2.0'],
  },
  [ROUTE]: { ApiId: undefined, Target: undefined, RouteKey: ['$default'], AuthorizationType: ['NONE'] },
  [STAGE]: {
    ApiId: undefined,
    AccessLogSettings: undefined,
    DefaultRouteSettings: undefined,
    Tags: undefined,
    StageName: ['$default'],
    AutoDeploy: [true],
  },
};

/** @throws UnreadableTemplate */
export function readApi(
  values: TemplateValues,
  resources: readonly (readonly [string, Resource])[],
): ApiDefinition | undefined {
  const apis = resources.filter(([, { Type }]) => Type === API);
  const [api] = apis;
  if (api === undefined) return undefined;
  if (apis.length > 1) throw new UnreadableTemplate(`The template has ${apis.length} APIs, not one`);
  for (const [id, resource] of resources) refuseUnsupported(id, resource);
  const route = theOnly(resources, ROUTE)[1];
  const [integrationId, integration] = theOnly(resources, INTEGRATION);
  const [stageId, stage] = theOnly(resources, STAGE);
  const target = values.text(route.Properties?.['Target']);
  if (target !== `integrations/${integrationId}`) {
    throw new UnreadableTemplate(`The route's target is ${target}, not the integration`);
  }
  return {
    apiId: api[0],
    functionArn: values.text(integration.Properties?.['IntegrationUri']),
    throttling: readThrottling(stageId, stage.Properties?.['DefaultRouteSettings']),
  };
}

function refuseUnsupported(id: string, { Type, Properties = {} }: Resource): void {
  const supported = SUPPORTED[Type];
  if (supported === undefined) return;
  for (const [name, value] of Object.entries(Properties)) {
    if (!(name in supported)) throw new UnreadableTemplate(`${id}: ${name} is not simulated`);
    const known = supported[name];
    if (known !== undefined && !known.includes(value)) {
      throw new UnreadableTemplate(`${id}: ${name} ${JSON.stringify(value)} is not simulated`);
    }
  }
}

function theOnly(resources: readonly (readonly [string, Resource])[], type: string): readonly [string, Resource] {
  const found = resources.filter(([, { Type }]) => Type === type);
  if (found.length === 1) return found[0]!;
  throw new UnreadableTemplate(`The template has ${found.length} resources of type ${type}, not one`);
}

function readThrottling(stageId: string, settings: unknown): ApiDefinition['throttling'] {
  if (settings === undefined) return undefined;
  const { ThrottlingBurstLimit, ThrottlingRateLimit, ...others } = settings as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new UnreadableTemplate(`${stageId}: ${other} is not simulated`);
  if (typeof ThrottlingBurstLimit !== 'number' || typeof ThrottlingRateLimit !== 'number') {
    throw new UnreadableTemplate(`${stageId}: throttling needs a burst and a rate`);
  }
  return { burst: ThrottlingBurstLimit, ratePerSecond: ThrottlingRateLimit };
}
