// htmx with morphing swaps. Parts that change under a reader are morphed, so that the element with the focus stays the same element.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

// idiomorph's own htmx extension evaluates text as code for exotic options, which our policy forbids; this is the part we use.
htmx.defineExtension("morph", {
  isInlineSwap: (style: string) => style === "morph" || style === "morph:outerHTML",
  handleSwap: (style: string, target: Node, fragment: Node) => {
    if (style === "morph" || style === "morph:outerHTML") return morph(target as Element, (fragment as Element).children);
    if (style === "morph:innerHTML") return Idiomorph.morph(target as Element, (fragment as Element).children, { morphStyle: "innerHTML" });
    return false;
  },
});

export function morph(target: Element, content: string | HTMLCollection): Node[] {
  return Idiomorph.morph(target, content as never, { morphStyle: "outerHTML", ignoreActiveValue: true, restoreFocus: true } as never) as unknown as Node[];
}

export { htmx };
