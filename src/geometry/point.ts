/** Pixels, x to the right, y down; the centre of the top left pixel is (0, 0) as in OpenCV's contours. */
export type Point = readonly [x: number, y: number]

/** Four corners, clockwise from the top left one as the text is read. */
export type Quad = readonly [Point, Point, Point, Point]
