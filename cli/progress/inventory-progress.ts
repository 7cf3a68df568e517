import type { InventoryProgress } from '../../core/inventory/write-inventory.ts';
import type { CommandContext } from '../context.ts';
import { inventoryProgressText } from '../output/inventory-lines.ts';

const REDRAW_MILLISECONDS = 100;

/** Where there is no terminal: often enough to see that it goes on. */
const LINE_MILLISECONDS = 30_000;

const CLEAR_LINE = '\r\u001B[2K';

/** Shows how far an inventory is: a line drawn over itself on a terminal, else a line now and then; none for programs. */
export class InventoryProgressView {
  private readonly began: number;
  private drawn: number;

  constructor(private readonly context: CommandContext) {
    this.began = context.io.clock.now();
    this.drawn = this.began;
  }

  show(progress: InventoryProgress): void {
    const { io, printer } = this.context;
    if (printer.json) return;
    const now = io.clock.now();
    const terminal = io.stderr.terminal;
    if (now - this.drawn < (terminal === undefined ? LINE_MILLISECONDS : REDRAW_MILLISECONDS)) return;
    this.drawn = now;
    const text = inventoryProgressText(progress, (now - this.began) / 1_000);
    if (terminal === undefined) void io.stderr.write(`${text}\n`);
    else terminal.write(`${CLEAR_LINE}${text.slice(0, (terminal.columns ?? 80) - 1)}`);
  }

  end(): void {
    if (!this.context.printer.json) this.context.io.stderr.terminal?.write(CLEAR_LINE);
  }
}
