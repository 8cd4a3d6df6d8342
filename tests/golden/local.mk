# golden
