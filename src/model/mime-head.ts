/** How much of a content libmagic looks at. */
export const MAX_MIME_HEAD_BYTES = 1 << 20
