# A cache in the hands of other programs: h5dump, and h5py of the system's Python where it is installed.
. "$QS_SRCDIR/tests/lib.sh"
sample=$QS_BUILDDIR/tests/unit/cache/test_sample
cache=$QS_TMP/sample.h5

run "$sample" "$cache" 24 7
is "a cache is written" "$status" 0
run env MALLOC_PERTURB_=165 "$sample" "$QS_TMP/again.h5" 24 7
ok "whatever lies in memory, the same bytes are written" cmp "$cache" "$QS_TMP/again.h5"

if command -v h5dump >/dev/null 2>&1; then
    run h5dump -H "$cache"
    is "h5dump lists it" "$status" 0
    like "h5dump shows an array's shape" "$stdout" 'SIMPLE \{ \( 24, 7, 256 \)'
    run h5dump -d /weights/percentile -s 2,1,0 -c 1,1,3 "$cache"
    like "h5dump reads values" "$stdout" '\(2,1,0\): .*[0-9]'
else
    skip "h5dump reads it" "h5dump is not installed (Debian package: hdf5-tools)"
fi

if ! /usr/bin/python3 -c 'import h5py' 2>/dev/null; then
    skip "h5py reads it" "/usr/bin/python3 has no h5py (Debian package: python3-h5py)"
    finish
fi

cat >"$QS_TMP/look.py" <<'PYTHON'
import math, sys
import h5py

f = h5py.File(sys.argv[1], "r")
assert f.attrs["format"] == "quantscope cache" and f.attrs["format_version"] == 1 and f.attrs["frozen"] == 0
model = f["model"].attrs
assert model["name"] == "s\u00e1mple" and model["layers"] == 24 and model["bytes"] == 2**64 - 2
assert list(f["layer"][...]) == list(range(24)) and f["layer"].dtype == "int64"
kinds = [k.decode() for k in f["kind"][...]]
assert kinds[0] == "self_attn.q_proj" and len(kinds) == 7
assert f["model/rows"][1, 6] == 134 and f["model/rows"][0, 6] == 0 and f["model/rows"].dtype == "uint64"
assert f["model/dtype"][1, 0] == b"BF16" and f["model/dtype"][0, 6] == b""
assert list(f["percentile"][...]) == [99, 99.9, 99.99]
weights = f["weights"]
assert weights.attrs["program"] == "quantscope" and weights.attrs["empty"] == ""
shapes = {"kurtosis": (24, 7), "count": (24, 7), "percentile": (24, 7, 3), "histogram": (24, 7, 256)}
scales = {"kurtosis": ["layer", "kind"], "count": ["layer", "kind"],
          "percentile": ["layer", "kind", "percentile"], "histogram": ["layer", "kind", "bin"]}
for name, shape in shapes.items():
    array = weights[name]
    assert array.shape == shape
    for dim, scale in zip(array.dims, scales[name]):
        assert dim.label == scale
        assert [s.name for s in dim.values()] == ["/" + scale]
        assert scale.startswith("bin") or list(dim.keys()) == [scale]
    fill = array.attrs["_FillValue"][0]
    assert (fill == array.fillvalue or math.isnan(fill) and math.isnan(array.fillvalue))
    assert fill == 2**64 - 1 or math.isnan(fill)
    assert isinstance(array.attrs["about"], str) and isinstance(array.attrs["units"], str)
assert weights["histogram"].compression == "gzip" and weights["histogram"].chunks
assert weights["kurtosis"].chunks is None
# sample_f64: the square root of 31*layer + 7*kind + index + 1, where that - 1 is no multiple of 3
assert weights["kurtosis"][0, 1] == math.sqrt(8) and math.isnan(weights["kurtosis"][0, 0])
assert weights["percentile"][2, 1, 2] == math.sqrt(2 * 31 + 7 + 2 + 1)
golden = 0x9E3779B97F4A7C15
assert weights["histogram"][3, 2, 255] == (golden * (3 * 65536 + 2 * 256 + 256) % 2**64) >> (255 % 60)
uses = f["layer"].attrs["REFERENCE_LIST"]
assert {f[u[0]].name for u in uses} == {"/weights/" + n for n in shapes} | {
    "/model/" + n for n in ("rows", "cols", "bytes", "dtype")} and all(u[1] == 0 for u in uses)
PYTHON
run /usr/bin/python3 "$QS_TMP/look.py" "$cache"
is "h5py reads everything where the format says it is" "$status$stderr" 0

cat >"$QS_TMP/edit.py" <<'PYTHON'
import sys
import h5py

with h5py.File(sys.argv[1], "r+") as f:
    f.attrs["note"] = "edited"
    f.attrs["frozen"] = True
    f["weights/kurtosis"][0, 1] = 42
PYTHON
run /usr/bin/python3 "$QS_TMP/edit.py" "$cache"
is "h5py edits it" "$status$stderr" 0
run "$sample" "$cache"
like "the edit is read" "$stdout" '^42 edited 1$'
like "and told" "$stdout" 'was written by another program'
finish
