/** The colour maps: viridis for amounts; coolwarm (light) and managua (dark) for signs. */
import { rgb } from "d3-color";
import { interpolateViridis } from "d3-scale-chromatic";

/** Colours of a palette. */
export const ENTRIES = 256;

/** 256 colours, each the RGBA bytes of a pixel read as one little-endian number. */
export type Palette = Uint32Array;

// Anchors at equal distances, between which channels are interpolated. Both maps are at their
// least chromatic in the middle; + is warm in both.
const COOLWARM = [
  "3b4cc0445acc4e68d85875e16282ea6c8ff1779af782a6fb8db0fe98b9ffa3c2feaec9fcb9d0f9c3d5f4ccd9ed",
  "d5dbe5dddcdce5d8d1ecd3c5f1ccb8f5c4acf7ba9ff7b093f6a586f4987af08b6eeb7d62e46e56dd5f4bd44e41",
  "ca3b37be242eb40426",
].join("");
const MANAGUA_REVERSED =
  "81e7ff76c7ec6baada608ec75775b3505d9c4c457f4e32605829486a2c3b823a399c4d3db26343c67b4bd99554ecb15dffcf67";

export const VIRIDIS: Palette = Uint32Array.from({ length: ENTRIES }, (_, entry) => {
  const { r, g, b } = rgb(interpolateViridis(entry / (ENTRIES - 1)));
  return packColour(r, g, b);
});
export const COOLWARM_LIGHT: Palette = fromAnchors(COOLWARM);
export const MANAGUA_DARK: Palette = fromAnchors(MANAGUA_REVERSED);

/** A pixel of three channels (0 to 255), fully opaque. */
export function packColour(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The pixel of a colour written `#rrggbb`. */
export function packHex(hex: string): number {
  const { r, g, b } = rgb(hex);
  return packColour(r, g, b);
}

/** A pixel on the way from one to another (0 to 1), channel by channel. */
export function mixPixels(from: number, to: number, share: number): number {
  const channel = (shift: number) => {
    const [start, end] = [(from >>> shift) & 255, (to >>> shift) & 255];
    return Math.round(start + (end - start) * share);
  };
  return packColour(channel(0), channel(8), channel(16));
}

/** A pixel as CSS writes it. */
export function cssOf(pixel: number): string {
  return `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;
}

/** A palette from one colour (`#rrggbb`) to another. */
export function rampBetween(from: string, to: string): Palette {
  return fromAnchors(from.slice(1) + to.slice(1));
}

function fromAnchors(text: string): Palette {
  const anchors = (text.match(/.{6}/g) ?? []).map((hex) => packHex(`#${hex}`));
  const pixelAt = (place: number) => anchors[place] ?? 0;
  return Uint32Array.from({ length: ENTRIES }, (_, entry) => {
    const place = (entry / (ENTRIES - 1)) * (anchors.length - 1);
    const left = Math.min(Math.floor(place), anchors.length - 2);
    return mixPixels(pixelAt(left), pixelAt(left + 1), place - left);
  });
}
