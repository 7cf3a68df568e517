import { intrinsicOf, namesInSub } from './intrinsics.ts';
import { type ResourceDeclaration, type Template, TemplateError, type TemplateValue } from './template.ts';

/**
 * The logical ids of a template's resources, each after all that it refers to or depends on, otherwise as they stand.
 * Throws {@link TemplateError} when they go round in a circle, and names it.
 */
export function creationOrder(template: Template): string[] {
  const order = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    if (order.has(logicalId)) {
      return;
    }
    if (path.includes(logicalId)) {
      const circle = [...path.slice(path.indexOf(logicalId)), logicalId];
      throw new TemplateError(`Resources depend on each other in a circle: ${circle.join(' → ')}.`);
    }
    const declaration = template.Resources[logicalId];
    for (const other of declaration ? dependenciesOf(declaration) : []) {
      if (other in template.Resources) {
        visit(other, [...path, logicalId]);
      }
    }
    order.add(logicalId);
  };
  for (const logicalId of Object.keys(template.Resources)) {
    visit(logicalId, []);
  }
  return [...order];
}

function dependenciesOf(declaration: ResourceDeclaration): Set<string> {
  const found = new Set<string>([declaration.DependsOn ?? []].flat());
  collect((declaration.Properties ?? {}) as TemplateValue, found);
  return found;
}

function collect(value: TemplateValue, found: Set<string>): void {
  const call = intrinsicOf(value);
  if (call?.[0] === 'Ref') {
    found.add(String(call[1]));
  } else if (call?.[0] === 'Fn::GetAtt') {
    found.add(String(Array.isArray(call[1]) ? call[1][0] : call[1]).split('.')[0] ?? '');
  } else if (call?.[0] === 'Fn::Sub') {
    for (const name of namesInSub(call[1])) {
      found.add(name);
    }
  }
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) {
      collect(member, found);
    }
  }
}
