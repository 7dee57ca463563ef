import { Validations } from 'aws-cdk-lib';
import {
  HttpMethod,
  HttpNoneAuthorizer,
  type CfnStage,
  type HttpApi,
  type HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { HoldfastFunction } from './holdfast-function';

export interface WebConsoleProps {
  /** The API that serves the console beside its own paths, so that the page calls its own origin. */
  readonly httpApi: HttpApi;
  readonly stage: HttpStage;
  readonly apiUrl: string;
}

const PATHS = ['/console', '/console/{proxy+}'];

/** Requests a second, over all readers. A first visit makes about six. They must not use up the limit of the API. */
const RATE_LIMIT = 20;
const BURST_LIMIT = 60;

/**
 * The web console. The files hold no secret, so everybody may load them. What the page then asks of the API needs the
 * token, or a signature, as every request does.
 */
export class WebConsole extends Construct {
  readonly function: HoldfastFunction;
  readonly url: string;

  constructor(scope: Construct, id: string, { httpApi, stage, apiUrl }: WebConsoleProps) {
    super(scope, id);
    this.url = `${apiUrl}/console/`;
    this.function = new HoldfastFunction(this, 'Function', {
      entry: 'lambdas/console/handler.ts',
      description: 'Serves the files of the web console',
      timeoutSeconds: 10,
      environment: {},
      hasConsoleFiles: true,
    });
    const integration = new HttpLambdaIntegration('Integration', this.function);
    const authorizer = new HttpNoneAuthorizer();
    const routes = PATHS.flatMap((path) =>
      httpApi.addRoutes({ path, methods: [HttpMethod.GET], integration, authorizer }),
    );
    const settings = stage.node.defaultChild as CfnStage;
    settings.routeSettings = Object.fromEntries(
      PATHS.map((path) => [`GET ${path}`, { ThrottlingRateLimit: RATE_LIMIT, ThrottlingBurstLimit: BURST_LIMIT }]),
    );
    for (const route of routes) {
      // A stage with the settings of a route that does not exist yet is refused.
      stage.node.addDependency(route);
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The files are the same for everybody and hold no secret. The page has to ask for the token itself.',
      });
    }
  }
}
