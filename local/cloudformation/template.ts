/** A value as templates are made of: JSON. */
export type TemplateValue = string | number | boolean | null | TemplateValue[] | { [name: string]: TemplateValue };

/** One resource of a template. */
export interface ResourceDeclaration {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, TemplateValue>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

/** A CloudFormation template, as far as the local cloud reads it. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: TemplateValue }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, TemplateValue>>>>>>;
  readonly Conditions?: Readonly<Record<string, TemplateValue>>;
  readonly Resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: TemplateValue; readonly Condition?: string }>>;
  readonly Transform?: TemplateValue;
}

/** Something in a template that the local cloud cannot do, or that no cloud could. The message says where. */
export class TemplateError extends Error {}
