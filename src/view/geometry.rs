//! Points and rectangles, in pixels: x to the right, y downward.

/// A point in CSS pixels, from the scene's upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Distance from the top, downward.
    pub y: f64,
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Left edge, in CSS pixels.
    pub x: f64,
    /// Upper edge, in CSS pixels.
    pub y: f64,
    /// To the right edge; never negative.
    pub width: f64,
    /// To the lower edge; never negative.
    pub height: f64,
}

impl Bounds {
    /// From its left upper corner and its size.
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Bounds {
        Bounds { x, y, width: width.max(0.0), height: height.max(0.0) }
    }

    /// Returns the right edge.
    pub fn right(self) -> f64 {
        self.x + self.width
    }

    /// Returns the lower edge.
    pub fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// Whether a point is inside.
    pub fn contains(self, at: Point) -> bool {
        self.x <= at.x && at.x < self.right() && self.y <= at.y && at.y < self.bottom()
    }
}
