;; The inner loops of histogram boosting. Pointers are byte offsets into one shared memory; derivatives are float32
;; (gradient, hessian) pairs a row, histograms float64 pairs a bin, so one 128-bit addition takes in a row's cell.
(module
  (import "memory" "shared" (memory 1 65536 shared))

  ;; Histograms of a narrow group: `cells` [rows, width] bytes, width a multiple of four, 256 pairs a column.
  (func (export "addNarrow")
    (param $cells i32) (param $width i32) (param $order i32) (param $count i32) (param $derivatives i32) (param $histogram i32)
    (local $end i32) (local $row i32) (local $pair v128) (local $cell i32) (local $lastCell i32) (local $bins i32) (local $word i32) (local $at i32)
    (local.set $end (i32.add (local.get $order) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $order) (local.get $end)))
        (local.set $row (i32.load (local.get $order)))
        (local.set $pair
          (f64x2.promote_low_f32x4 (v128.load64_zero (i32.add (local.get $derivatives) (i32.shl (local.get $row) (i32.const 3))))))
        (local.set $cell (i32.add (local.get $cells) (i32.mul (local.get $row) (local.get $width))))
        (local.set $lastCell (i32.add (local.get $cell) (local.get $width)))
        (local.set $bins (local.get $histogram))
        (loop $words
          (local.set $word (i32.load (local.get $cell)))
          (local.set $at (i32.add (local.get $bins) (i32.shl (i32.and (local.get $word) (i32.const 255)) (i32.const 4))))
          (v128.store (local.get $at) (f64x2.add (local.get $pair) (v128.load (local.get $at))))
          (local.set $at (i32.add (local.get $bins) (i32.and (i32.shr_u (local.get $word) (i32.const 4)) (i32.const 4080))))
          (v128.store offset=4096 (local.get $at) (f64x2.add (local.get $pair) (v128.load offset=4096 (local.get $at))))
          (local.set $at (i32.add (local.get $bins) (i32.and (i32.shr_u (local.get $word) (i32.const 12)) (i32.const 4080))))
          (v128.store offset=8192 (local.get $at) (f64x2.add (local.get $pair) (v128.load offset=8192 (local.get $at))))
          (local.set $at (i32.add (local.get $bins) (i32.and (i32.shr_u (local.get $word) (i32.const 20)) (i32.const 4080))))
          (v128.store offset=12288 (local.get $at) (f64x2.add (local.get $pair) (v128.load offset=12288 (local.get $at))))
          (local.set $bins (i32.add (local.get $bins) (i32.const 16384)))
          (local.set $cell (i32.add (local.get $cell) (i32.const 4)))
          (br_if $words (i32.lt_u (local.get $cell) (local.get $lastCell))))
        (local.set $order (i32.add (local.get $order) (i32.const 4)))
        (br $rows))))

  ;; Histograms of a wide group: `cells` [rows, width] of 16 bits; starts[k] points at column k's pairs.
  (func (export "addWide")
    (param $cells i32) (param $width i32) (param $order i32) (param $count i32) (param $derivatives i32) (param $starts i32)
    (local $end i32) (local $row i32) (local $pair v128) (local $cell i32) (local $lastCell i32) (local $start i32) (local $at i32)
    (local.set $end (i32.add (local.get $order) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $order) (local.get $end)))
        (local.set $row (i32.load (local.get $order)))
        (local.set $pair
          (f64x2.promote_low_f32x4 (v128.load64_zero (i32.add (local.get $derivatives) (i32.shl (local.get $row) (i32.const 3))))))
        (local.set $cell (i32.add (local.get $cells) (i32.shl (i32.mul (local.get $row) (local.get $width)) (i32.const 1))))
        (local.set $lastCell (i32.add (local.get $cell) (i32.shl (local.get $width) (i32.const 1))))
        (local.set $start (local.get $starts))
        (loop $columns
          (local.set $at (i32.add (i32.load (local.get $start)) (i32.shl (i32.load16_u (local.get $cell)) (i32.const 4))))
          (v128.store (local.get $at) (f64x2.add (local.get $pair) (v128.load (local.get $at))))
          (local.set $start (i32.add (local.get $start) (i32.const 4)))
          (local.set $cell (i32.add (local.get $cell) (i32.const 2)))
          (br_if $columns (i32.lt_u (local.get $cell) (local.get $lastCell))))
        (local.set $order (i32.add (local.get $order) (i32.const 4)))
        (br $rows))))

  ;; target -= taken, `bytes` a multiple of 16.
  (func (export "subtract") (param $target i32) (param $taken i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $target) (local.get $bytes)))
    (block $done
      (loop $pairs
        (br_if $done (i32.ge_u (local.get $target) (local.get $end)))
        (v128.store (local.get $target) (f64x2.sub (v128.load (local.get $target)) (v128.load (local.get $taken))))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (local.set $taken (i32.add (local.get $taken) (i32.const 16)))
        (br $pairs))))

  ;; Sum of the derivatives of the ordered rows, a float64 pair at `result`.
  (func (export "sum") (param $order i32) (param $count i32) (param $derivatives i32) (param $result i32)
    (local $end i32) (local $total v128)
    (local.set $end (i32.add (local.get $order) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $order) (local.get $end)))
        (local.set $total
          (f64x2.add
            (local.get $total)
            (f64x2.promote_low_f32x4
              (v128.load64_zero (i32.add (local.get $derivatives) (i32.shl (i32.load (local.get $order)) (i32.const 3)))))))
        (local.set $order (i32.add (local.get $order) (i32.const 4)))
        (br $rows)))
    (v128.store (local.get $result) (local.get $total)))

  ;; Stable partition: ordered rows whose bin goes left to `lefts`, the others to `rights`; returns how many went left.
  (func (export "partitionNarrow")
    (param $cells i32) (param $width i32) (param $goesLeft i32) (param $order i32) (param $count i32) (param $lefts i32) (param $rights i32)
    (result i32)
    (local $end i32) (local $row i32) (local $step i32) (local $first i32)
    (local.set $first (local.get $lefts))
    (local.set $end (i32.add (local.get $order) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $order) (local.get $end)))
        (local.set $row (i32.load (local.get $order)))
        (i32.store (local.get $lefts) (local.get $row))
        (i32.store (local.get $rights) (local.get $row))
        (local.set $step
          (i32.shl
            (i32.load8_u
              (i32.add
                (local.get $goesLeft)
                (i32.load8_u (i32.add (local.get $cells) (i32.mul (local.get $row) (local.get $width))))))
            (i32.const 2)))
        (local.set $lefts (i32.add (local.get $lefts) (local.get $step)))
        (local.set $rights (i32.add (local.get $rights) (i32.sub (i32.const 4) (local.get $step))))
        (local.set $order (i32.add (local.get $order) (i32.const 4)))
        (br $rows)))
    (i32.shr_u (i32.sub (local.get $lefts) (local.get $first)) (i32.const 2)))

  ;; As partitionNarrow with cells of 16 bits.
  (func (export "partitionWide")
    (param $cells i32) (param $width i32) (param $goesLeft i32) (param $order i32) (param $count i32) (param $lefts i32) (param $rights i32)
    (result i32)
    (local $end i32) (local $row i32) (local $step i32) (local $first i32)
    (local.set $first (local.get $lefts))
    (local.set $end (i32.add (local.get $order) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $order) (local.get $end)))
        (local.set $row (i32.load (local.get $order)))
        (i32.store (local.get $lefts) (local.get $row))
        (i32.store (local.get $rights) (local.get $row))
        (local.set $step
          (i32.shl
            (i32.load8_u
              (i32.add
                (local.get $goesLeft)
                (i32.load16_u
                  (i32.add (local.get $cells) (i32.shl (i32.mul (local.get $row) (local.get $width)) (i32.const 1))))))
            (i32.const 2)))
        (local.set $lefts (i32.add (local.get $lefts) (local.get $step)))
        (local.set $rights (i32.add (local.get $rights) (i32.sub (i32.const 4) (local.get $step))))
        (local.set $order (i32.add (local.get $order) (i32.const 4)))
        (br $rows)))
    (i32.shr_u (i32.sub (local.get $lefts) (local.get $first)) (i32.const 2)))

  ;; Adds `value` to the float64 scores of the ordered rows.
  (func (export "addValue") (param $scores i32) (param $order i32) (param $count i32) (param $value f64)
    (local $end i32) (local $at i32)
    (local.set $end (i32.add (local.get $order) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $order) (local.get $end)))
        (local.set $at (i32.add (local.get $scores) (i32.shl (i32.load (local.get $order)) (i32.const 3))))
        (f64.store (local.get $at) (f64.add (f64.load (local.get $at)) (local.get $value)))
        (local.set $order (i32.add (local.get $order) (i32.const 4)))
        (br $rows))))

  ;; Bins of `count` float32 numbers, a byte each, `width` bytes apart: how many of the 256 ascending `bounds`, filled up
  ;; with infinity, lie below the number; NaN goes to bin `missing`.
  (func (export "binNumbers")
    (param $numbers i32) (param $count i32) (param $bounds i32) (param $missing i32) (param $cells i32) (param $width i32)
    (local $end i32) (local $number f32) (local $at i32) (local $step i32)
    (local.set $end (i32.add (local.get $numbers) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $numbers) (local.get $end)))
        (local.set $number (f32.load (local.get $numbers)))
        (local.set $at (local.get $bounds))
        (local.set $step (i32.const 512))
        (loop $halves
          (local.set $at
            (select
              (i32.add (local.get $at) (local.get $step))
              (local.get $at)
              (f32.lt (f32.load (i32.sub (i32.add (local.get $at) (local.get $step)) (i32.const 4))) (local.get $number))))
          (br_if $halves (i32.ge_u (local.tee $step (i32.shr_u (local.get $step) (i32.const 1))) (i32.const 4))))
        (i32.store8
          (local.get $cells)
          (select
            (i32.shr_u (i32.sub (local.get $at) (local.get $bounds)) (i32.const 2))
            (local.get $missing)
            (f32.eq (local.get $number) (local.get $number))))
        (local.set $cells (i32.add (local.get $cells) (local.get $width)))
        (local.set $numbers (i32.add (local.get $numbers) (i32.const 4)))
        (br $rows))))
)
