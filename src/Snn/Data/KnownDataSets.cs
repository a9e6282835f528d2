namespace SpikeTrail.Snn.Data;

/// <summary>The catalogue's table. Sums are of the unpacked files.</summary>
internal static class KnownDataSets
{
    private const string FashionCitation = "Xiao, Rasul, Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms, arXiv:1708.07747, 2017";
    private const string CifarLicence = "none stated; for research, with citation";
    private const string CifarCitation = "Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009";

    private static readonly string[] Digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private static readonly string[] Clothes =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    private static readonly string[] Cifar10Classes =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly string[] Cifar100Classes =
    [
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
        "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee",
        "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant",
        "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower",
        "leopard", "lion", "lizard", "lobster", "man", "maple", "motorcycle", "mountain", "mouse", "mushroom", "oak",
        "orange", "orchid", "otter", "palm", "pear", "pickup_truck", "pine", "plain", "plate", "poppy", "porcupine",
        "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk",
        "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table",
        "tank", "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe",
        "whale", "willow", "wolf", "woman", "worm",
    ];

    private static readonly KnownDataSet FashionMnist = new()
    {
        Name = "fashion-mnist",
        Format = DataFormat.Idx,
        TrainingFiles =
        [
            new("train-images-idx3-ubyte", 47_040_016, "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            new("train-labels-idx1-ubyte", 60_008, "9018921c3c673c538a1fc5bad174d6f9"),
        ],
        TestFiles =
        [
            new("t10k-images-idx3-ubyte", 7_840_016, "8181f5470baa50b63fa0f6fddb340f0a"),
            new("t10k-labels-idx1-ubyte", 10_008, "15d484375f8d13e6eb1aabb0c3f46965"),
        ],
        TrainingCount = 60_000,
        TestCount = 10_000,
        Channels = 1,
        Side = 28,
        ClassNames = Clothes,
        UsualFolders = ["FashionMNIST/raw"],
        Licence = "MIT (Zalando SE, 2017)",
        Citation = FashionCitation,
    };

    /// <summary>The first images of Fashion-MNIST; made as its README says.</summary>
    private static readonly KnownDataSet FashionMnistMini = FashionMnist with
    {
        Name = "fashion-mnist-mini",
        TrainingFiles =
        [
            new("train-images-idx3-ubyte", 1_568_016, "7f9091a9289757d4759f4db021f25698"),
            new("train-labels-idx1-ubyte", 2_008, "286ec15c542ee97cbedb47658809cb4d"),
        ],
        TestFiles =
        [
            new("t10k-images-idx3-ubyte", 784_016, "8a1b719f9f0735f54c6f9ef07f01fe5c"),
            new("t10k-labels-idx1-ubyte", 1_008, "e27076c4666f2f7b7b7ba19675567282"),
        ],
        TrainingCount = 2_000,
        TestCount = 1_000,
        UsualFolders = [],
        Ships = true,
    };

    private static readonly KnownDataSet Mnist = FashionMnist with
    {
        Name = "mnist",
        TrainingFiles =
        [
            new("train-images-idx3-ubyte", 47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
            new("train-labels-idx1-ubyte", 60_008, "a25bea736e30d166cdddb491f175f624"),
        ],
        TestFiles =
        [
            new("t10k-images-idx3-ubyte", 7_840_016, "2646ac647ad5339dbf082846283269ea"),
            new("t10k-labels-idx1-ubyte", 10_008, "27ae3e4e09519cfbb04c329615203637"),
        ],
        ClassNames = Digits,
        UsualFolders = ["MNIST/raw"],
        Licence = "CC BY-SA 3.0, as its distributors say (LeCun and Cortes)",
        Citation = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, Proceedings of the IEEE 86(11), 1998",
    };

    private static readonly KnownDataSet Cifar10 = new()
    {
        Name = "cifar-10",
        Format = DataFormat.Cifar10,
        TrainingFiles =
        [
            new("data_batch_1.bin", 30_730_000, "5dd7e06a14cb22eb9f671a540d1b7c25"),
            new("data_batch_2.bin", 30_730_000, "5ea93a67294ea407fff1d09f752e9692"),
            new("data_batch_3.bin", 30_730_000, "942cd6a4bcdd0dd3c604fbe906cb4421"),
            new("data_batch_4.bin", 30_730_000, "ae636b3ba5c66a11e91e8cb52e771fcb"),
            new("data_batch_5.bin", 30_730_000, "53f37980c15c3d472c316c40844f3f0d"),
        ],
        TestFiles = [new("test_batch.bin", 30_730_000, "803d5f7f4d78ea53de84dbe85f74fb6d")],
        TrainingCount = 50_000,
        TestCount = 10_000,
        Channels = 3,
        Side = 32,
        ClassNames = Cifar10Classes,
        UsualFolders = ["cifar-10-batches-bin"],
        Archive = "cifar-10-binary.tar.gz",
        Licence = CifarLicence,
        Citation = CifarCitation,
    };

    private static readonly KnownDataSet Cifar100 = new()
    {
        Name = "cifar-100",
        Format = DataFormat.Cifar100,
        TrainingFiles = [new("train.bin", 153_700_000, "6172c7755cfe09b2fe270c85cebc1b15")],
        TestFiles = [new("test.bin", 30_740_000, "4499cfba6c016c1be1438163640a0898")],
        TrainingCount = 50_000,
        TestCount = 10_000,
        Channels = 3,
        Side = 32,
        ClassNames = Cifar100Classes,
        UsualFolders = ["cifar-100-binary"],
        Archive = "cifar-100-binary.tar.gz",
        Licence = CifarLicence,
        Citation = CifarCitation,
    };

    /// <summary>The first images of each file of CIFAR-100, as `head -c` cuts them.</summary>
    private static readonly KnownDataSet Cifar100Mini = Cifar100 with
    {
        Name = "cifar-100-mini",
        TrainingFiles = [new("train.bin", 15_370_000, "330f9d42136ef1b1c1c5c42172972e23")],
        TestFiles = [new("test.bin", 3_074_000, "be2dd0f1c331c5a15dce31d7918101ca")],
        TrainingCount = 5_000,
        TestCount = 1_000,
        UsualFolders = ["cifar-100-binary-mini"],
        Archive = null,
    };

    public static IReadOnlyList<KnownDataSet> All { get; } = [FashionMnistMini, FashionMnist, Mnist, Cifar10, Cifar100, Cifar100Mini];
}
