/** EventBridge's rules that triggers have made for them. */
export interface EventRules {
  /** Makes or changes the trigger's rule, with the trigger function as its target. */
  put(trigger: string, pattern: string): Promise<void>;
  /** Takes it away; nothing happens where there is none. */
  remove(trigger: string): Promise<void>;
}
