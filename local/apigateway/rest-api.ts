/** One node of an API's resource tree. */
export interface ApiResource {
  readonly id: string;
  /** Undefined for the root. */
  readonly parentId: string | undefined;
  /** `jobs`, `{id}` or `{proxy+}`; empty for the root. */
  readonly pathPart: string;
}

/** What answers a method of a resource: a Lambda function, with the proxy integration. */
export interface ApiMethod {
  readonly resourceId: string;
  /** `GET`, …, or `ANY`. */
  readonly httpMethod: string;
  readonly authorization: 'NONE' | 'AWS_IAM';
  readonly functionArn: string;
  /** Milliseconds that the function is waited for; 29,000 unless the template asks for less. */
  readonly timeoutMs: number;
}

/** How an error of the gateway itself (not of the function) is put. */
export interface GatewayResponse {
  /** `MISSING_AUTHENTICATION_TOKEN`, …, `DEFAULT_4XX` or `DEFAULT_5XX`. */
  readonly responseType: string;
  readonly statusCode: number | undefined;
  /** From `gatewayresponse.header.<name>` to `'text'`, `context.<variable>` or `method.request.header.<name>`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** From content type to the body's text, with `$context.<variable>` in it. */
  readonly templates: Readonly<Record<string, string>>;
}

/** A stage of an API. */
export interface ApiStage {
  readonly name: string;
  readonly deploymentId: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

/** A REST API, put together piece by piece from the resources of a template. */
export class RestApi {
  readonly methods: ApiMethod[] = [];
  readonly gatewayResponses = new Map<string, GatewayResponse>();
  readonly stages = new Map<string, ApiStage>();
  private readonly resources = new Map<string, ApiResource>();

  constructor(
    readonly id: string,
    readonly rootResourceId: string,
    /** Content types whose bodies are handed to the function in Base64. */
    readonly binaryMediaTypes: readonly string[],
  ) {
    this.addResource({ id: rootResourceId, parentId: undefined, pathPart: '' });
  }

  addResource(resource: ApiResource): void {
    this.resources.set(resource.id, resource);
  }

  /** The resource's path with its placeholders: `/v20180820/jobs/{id}`. */
  pathOf(resource: ApiResource): string {
    const parent = resource.parentId === undefined ? undefined : this.resources.get(resource.parentId);
    if (!parent) {
      return '/';
    }
    const above = this.pathOf(parent);
    return `${above === '/' ? '' : above}/${resource.pathPart}`;
  }

  childrenOf(resource: ApiResource): ApiResource[] {
    return [...this.resources.values()].filter((other) => other.parentId === resource.id);
  }

  get root(): ApiResource {
    return this.resources.get(this.rootResourceId) ?? { id: this.rootResourceId, parentId: undefined, pathPart: '' };
  }

  /** The method that answers, or undefined when the resource has neither this method nor ANY. */
  methodOf(resource: ApiResource, httpMethod: string): ApiMethod | undefined {
    const ofResource = this.methods.filter((method) => method.resourceId === resource.id);
    return (
      ofResource.find((method) => method.httpMethod === httpMethod) ??
      ofResource.find((method) => method.httpMethod === 'ANY')
    );
  }
}
