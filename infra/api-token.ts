import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** Letters and digits only, so 285 bits: nobody guesses it, and it needs no quoting anywhere. */
const TOKEN_LENGTH = 48;

/**
 * The bearer token that API clients present, as JSON: `{"current": "..."}`. While clients change over to a new
 * token, the old one may stand beside it as `previous`.
 *
 * It outlives the stack, because clients hold it.
 */
export class ApiToken extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'The bearer token of the Holdfast API: {"current": "...", "previous": "..."}',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        excludePunctuation: true,
        passwordLength: TOKEN_LENGTH,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Rotation by a schedule would lock out every client that holds the token. An operator rotates it, with the old ' +
        'and the new token valid side by side until the clients have changed over.',
    });
  }

  /** The secret is encrypted with AWS's own key, for which reading the secret is enough. */
  grantRead(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.secretArn] }),
    );
  }
}
