namespace SpikeTrail.Host.Cli.Prompt;

/// <summary>Reads lines from a terminal, with the keys that shells have: arrows, history, completion with Tab.</summary>
internal sealed class LineEditor(string prompt, Func<string, IReadOnlyList<string>> complete)
{
    private readonly List<string> _history = [];

    /// <summary>Reads a line; null at Ctrl+D on an empty one.</summary>
    public string? Read()
    {
        // Ctrl+C gives a line up rather than the session.
        Console.TreatControlCAsInput = true;
        try
        {
            return ReadLine();
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string? ReadLine()
    {
        var line = EditedLine.Empty;
        var place = _history.Count;
        var unfinished = line;
        while (true)
        {
            Draw(line);
            var key = Console.ReadKey(intercept: true);
            var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.WriteLine();
                    Remember(line.Text);
                    return line.Text;
                case ConsoleKey.D when control && line.Text.Length == 0:
                    Console.WriteLine();
                    return null;
                case ConsoleKey.C when control:
                    Console.WriteLine("^C");
                    return "";
                case ConsoleKey.L when control:
                    Console.Clear();
                    break;
                case ConsoleKey.Tab:
                    line = Complete(line);
                    break;
                case ConsoleKey.UpArrow when place > 0:
                    unfinished = place == _history.Count ? line : unfinished;
                    line = EditedLine.Of(_history[--place]);
                    break;
                case ConsoleKey.DownArrow when place < _history.Count:
                    line = ++place == _history.Count ? unfinished : EditedLine.Of(_history[place]);
                    break;
                default:
                    line = line.After(key);
                    break;
            }
        }
    }

    private void Remember(string text)
    {
        if (text.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != text))
        {
            _history.Add(text);
        }
    }

    private EditedLine Complete(EditedLine line)
    {
        var completion = LineCompletion.Of(line, complete);
        if (completion.Choices.Count > 0)
        {
            Console.WriteLine();
            Console.WriteLine(string.Join("  ", completion.Choices));
        }

        return completion.Line;
    }

    /// <summary>Draws the line over what stands there: back to the margin, the text, nothing behind it, back to the cursor.</summary>
    private void Draw(EditedLine line)
    {
        var back = line.Text.Length - line.Cursor;
        Console.Write($"\r{prompt}{line.Text}\u001b[K{(back > 0 ? $"\u001b[{back}D" : "")}");
    }
}
