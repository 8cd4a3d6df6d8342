# The section KEYS of quantscope(1), from what `quantscope help keys` prints (columns apart by two blanks or more).
#   quantscope help keys | awk -f keys.awk - quantscope.1 >new      the page with its section made anew
BEGIN { FS = "  +" }
FNR == NR {
    if (FNR == 1) { next }
    name = $2
    if (match(name, / [A-Z][A-Z ]*$/)) { name = substr(name, 1, RSTART - 1) " Ar" substr(name, RSTART) }
    keys = $1
    gsub(/\\/, "\\e", keys)
    gsub(/\^/, "\\(ha", keys)
    keys = keys ~ / / ? "\"" keys "\"" : "\\&" keys
    views = $3
    gsub(/,/, " , ", views)
    text = toupper(substr($4, 1, 1)) substr($4, 2)
    section = section ".It Ic " name "\n"
    if ($1 != "-") { section = section ".Li " keys (views == "all" ? " ." : "") "\n" }
    if (views != "all") { section = section ".Pq " views " .\n" }
    section = section text ".\n"
    next
}
/^\.Sh KEYS/ { inside = 1; print; next }
inside && /^\.Bl / { print; printf "%s", section; skip = 1; next }
inside && /^\.El/ { inside = skip = 0 }
!skip
