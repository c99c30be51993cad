/** How far a map lies in its example's mask (shared interest), and what that says. */
import type { MapTable } from "../../maps-api";
import { formatShare } from "../../numbers";

/** How what is salient and what a mask marks overlap, as shares. */
export interface Overlap {
  /** Of the positions in either, those in both. */
  readonly iou: number;
  /** Of the mask, what is salient; NaN where it marks nothing. */
  readonly ofMask: number;
  /** Of what is salient, what is in the mask; NaN where nothing is salient. */
  readonly ofSalient: number;
}

/** What the figures are, wherever they stand. */
export const OVERLAP_MEANING =
  "Salient is where |attribution| is a standard deviation or more above its mean over the map. The " +
  "figure is the share in both of all positions that are salient or in the mask (Boggust et al. 2022).";

/** The overlap of the map at a place among all records and examples; null where there is no mask. */
export function overlapOf(table: MapTable, at: number): Overlap | null {
  const overlap = {
    iou: table.iou[at] ?? Number.NaN,
    ofMask: table.groundTruthCoverage[at] ?? Number.NaN,
    ofSalient: table.saliencyCoverage[at] ?? Number.NaN,
  };
  return Object.values(overlap).every(Number.isNaN) ? null : overlap;
}

/** Whether any map of a table has one. */
export function hasOverlap(table: MapTable | null): boolean {
  return table?.iou.some((value) => !Number.isNaN(value)) ?? false;
}

/** A figure under a picture. */
export function shortOverlap({ iou }: Overlap): string {
  return `mask ${Number.isNaN(iou) ? "–" : iou.toFixed(2)}`;
}

/** The figures in sentences, and what they say. */
export function tellOverlap(overlap: Overlap): string {
  const { ofMask, ofSalient } = overlap;
  return (
    `${shortOverlap(overlap)}: the map sees ${kindOf(overlap)}. ${shareOf(ofMask)} of the mask is ` +
    `salient, ${shareOf(ofSalient)} of what is salient is in the mask.`
  );
}

/** More than this share counts as most of it. */
const MOST = 0.5;

/** Which of the four ways in which two regions may lie. */
function kindOf({ ofMask, ofSalient }: Overlap): string {
  if (!(ofSalient > 0)) return "nothing of the mask";
  if (ofSalient > MOST) return ofMask > MOST ? "the mask" : "a part of the mask";
  return ofMask > MOST ? "the mask and more" : "mostly what lies outside the mask";
}

function shareOf(share: number): string {
  return Number.isNaN(share) ? "Nothing" : formatShare(share);
}
